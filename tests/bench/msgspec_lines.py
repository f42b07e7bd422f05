"""Checks the lines of a file with types written by hand: msgspec_lines.py JOB FILE"""

import sys
from datetime import datetime
from typing import Annotated, Literal, Optional

import msgspec
from msgspec import Meta, Struct

Count = Annotated[int, Meta(ge=0)]
Small = Annotated[int, Meta(ge=0, le=2**32 - 1)]


class Github(Struct):
    last_pr_cursor: str
    current_repository: str
    current_pr_node_id: Optional[str] = None
    last_commit_cursor: Optional[str] = None
    last_review_cursor: Optional[str] = None
    last_comment_cursor: Optional[str] = None
    repositories_processed: list[str] = []
    batch_number: Count = 1
    total_prs_processed: Count = 0
    recovery_mode: bool = False


class Jira(Struct):
    last_sync_date: datetime
    last_issue_key: str
    projects_processed: list[str] = []
    current_project: Optional[str] = None
    batch_number: Count = 1
    total_issues_processed: Count = 0
    last_jql: Optional[str] = None
    start_at: Count = 0
    max_results: Optional[Small] = None


class WexAd(Struct):
    last_sync_timestamp: datetime
    delta_token: str
    users_processed: Count = 0
    groups_processed: Count = 0
    last_user_id: Optional[str] = None
    last_group_id: Optional[str] = None
    sync_type: Literal["full", "incremental"] = "full"


class WexFabric(Struct):
    last_sync_timestamp: datetime
    workspace_id: str
    datasets_processed: list[str] = []
    current_dataset: Optional[str] = None
    last_record_id: Optional[str] = None
    batch_number: Count = 1
    total_records_processed: Count = 0
    continuation_token: Optional[str] = None


TYPES = {"github": Github, "jira": Jira, "wex_ad": WexAd, "wex_fabric": WexFabric}

job, path = sys.argv[1:]
decoder = msgspec.json.Decoder(TYPES[job])
number = invalid = 0
with open(path, "rb") as lines:
    for line in lines:
        number += 1
        try:
            decoder.decode(line)
        except msgspec.ValidationError as error:
            invalid += 1
            print(f"{path}:{number}: {error}")
print(number, invalid)
