"""Pydantic models of every schema in a folder, and what they make of its samples.

Writes the models to `<folder>/models/<name>.py`. Standard output: {"<name>": [document, ...], ...}, each sample
as the models write it after they have read it; or {"<name>": "the error", ...}.
"""

import importlib.util
import json
import pathlib
import sys
import warnings

from datamodel_code_generator import DataModelType, InputFileType, generate
from datamodel_code_generator.format import Formatter
from pydantic import TypeAdapter

warnings.simplefilter("ignore")

folder = pathlib.Path(sys.argv[1])
models = folder / "models"
models.mkdir(exist_ok=True)
written = {}
for file in sorted(folder.glob("*.schema.json")):
    name = file.name.removesuffix(".schema.json")
    path = models / f"{name}.py"
    try:
        generate(
            file.read_text(),
            input_file_type=InputFileType.JsonSchema,
            output=path,
            output_model_type=DataModelType.PydanticV2BaseModel,
            class_name="CheckpointRoot",
            set_default_enum_member=True,
            strict_nullable=True,
            use_annotated=True,
            formatters=[Formatter.BUILTIN],
        )
        spec = importlib.util.spec_from_file_location(f"models.{name}", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        root = TypeAdapter(module.CheckpointRoot)
        samples = json.loads((folder / f"{name}.samples.json").read_text())
        written[name] = [
            root.dump_python(root.validate_json(json.dumps(sample)), mode="json", by_alias=True, exclude_unset=True)
            for sample in samples
        ]
    except Exception as error:  # the test tells it
        written[name] = f"{type(error).__name__}: {error}"
json.dump(written, sys.stdout)
