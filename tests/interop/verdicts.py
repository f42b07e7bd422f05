"""The verdicts of Python's jsonschema, formats asserted, on the documents of every schema in a folder.

Standard output: {"<name>": [true, false, ...], ...}.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator

folder = pathlib.Path(sys.argv[1])
verdicts = {}
for file in sorted(folder.glob("*.schema.json")):
    name = file.name.removesuffix(".schema.json")
    schema = json.loads(file.read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    documents = json.loads((folder / f"{name}.documents.json").read_text())
    verdicts[name] = [validator.is_valid(document) for document in documents]
json.dump(verdicts, sys.stdout)
