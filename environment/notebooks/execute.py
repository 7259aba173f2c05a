"""Runs notebooks from top to bottom, each on a fresh kernel.

    execute.py [--check] [--export FOLDER] [NOTEBOOK ...]

Without names it takes all of notebooks/. --export writes a page each, which works without a network. --check also asserts
that no outputs are stored, and that each exercise says "Not yet" as it is, and "Solved" with the cells of
notebooks/solutions in the place of those of the same id.
"""

import argparse
import os
import pathlib
import re
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellTimeoutError, DeadKernelError
from nbconvert.exporters import HTMLExporter

here = pathlib.Path(__file__).resolve().parent
root = here.parents[1]
notebooks_folder = root / "notebooks"
cell_timeout_seconds = 120

assets = {
    "plotly.js": root / "node_modules/plotly.js-dist-min/plotly.min.js",
    "mathjax.js": root / "node_modules/mathjax/es5/tex-svg.js",
}
exercise_line = re.compile(r'^Exercise "(?P<name>.*?)": (?P<state>Solved|Not yet)')


class Failure(Exception):
    """What is wrong with a notebook, in words for its author."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--export", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("notebooks", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    files = arguments.notebooks or sorted(notebooks_folder.glob("*.ipynb"))
    failed = False
    for file in files:
        try:
            notebook = read(file)
            if arguments.check:
                check_stored(notebook, file)
            execute(notebook, file)
            if arguments.check:
                check_exercises(notebook, file)
            if arguments.export:
                export(notebook, file, files, arguments.export)
        except Failure as failure:
            failed = True
            print(f"{file.name}: {failure}", file=sys.stderr, flush=True)
    if arguments.export and not arguments.notebooks:
        remove_pages_of_others(files, arguments.export)
    return 1 if failed else 0


def read(file):
    try:
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
    except FileNotFoundError:
        raise Failure("is not there") from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise Failure(f"is no valid notebook: {error}") from error
    return notebook


def execute(notebook, file, note=""):
    """Runs all cells; the outputs are then in the notebook."""
    started = time.monotonic()
    reached = {}
    client = NotebookClient(
        notebook,
        timeout=cell_timeout_seconds,
        kernel_name=notebook.metadata.kernelspec.name,
        coalesce_streams=True,
        resources={"metadata": {"path": str(file.resolve().parent)}},
        on_cell_start=lambda cell, cell_index: reached.update(cell=cell, index=cell_index),
    )
    try:
        client.execute()
    except (CellControlSignal, DeadKernelError) as error:
        cell, index = reached["cell"], reached["index"]
        source = "\n".join(f"    {line}" for line in cell.source.split("\n"))
        raise Failure(f"cell {cell.id} (number {index + 1}) failed{note}:\n{source}\n{trace(cell, error)}") from error
    print(f"{file.name}: ran{note} in {time.monotonic() - started:.1f} s", flush=True)


def trace(cell, error):
    if isinstance(error, CellTimeoutError):
        return f"it was stopped after {cell_timeout_seconds} s"
    traces = [output.traceback for output in cell.get("outputs", []) if output.output_type == "error"]
    text = "\n".join(traces[0]) if traces else str(error)
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def check_stored(notebook, file):
    """Asserts what a notebook of the repository must be while it is not running."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            raise Failure(f"cell {cell.id} is stored with outputs; clear them before the commit")
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        raise Failure(f"must be in format 4.5, but is in {notebook.nbformat}.{notebook.nbformat_minor}")
    if notebook.metadata.get("kernelspec", {}).get("name") != "typescript":
        raise Failure("must name the kernel typescript")


def check_exercises(executed, file):
    """Asserts that exercises are open as the notebook stands, and that the stored solutions solve them."""
    open_ones = exercises(executed)
    for name, state in open_ones.items():
        if state != "Not yet":
            raise Failure(f'exercise "{name}" must say "Not yet" as long as nobody solved it, but says "{state}"')
    solutions_file = file.parent / "solutions" / file.name
    if not open_ones and not solutions_file.exists():
        return
    if not open_ones:
        raise Failure(f"shows no exercise, but there is a solutions/{file.name}")
    if not solutions_file.exists():
        raise Failure(f"has exercises ({', '.join(open_ones)}), but there is no solutions/{file.name}")
    solutions = read(solutions_file)
    check_stored(solutions, solutions_file)
    solved = read(file)
    put_solutions(solved, solutions, solutions_file)
    execute(solved, file, note=" with its solutions")
    states = exercises(solved)
    for name in open_ones:
        if states.get(name) != "Solved":
            raise Failure(f'exercise "{name}" is not solved by solutions/{file.name}: {text_of(solved, name)}')


def put_solutions(notebook, solutions, solutions_file):
    places = {cell.id: index for index, cell in enumerate(notebook.cells)}
    for cell in solutions.cells:
        if cell.cell_type != "code":
            continue
        if cell.id not in places:
            raise Failure(f"solutions/{solutions_file.name} has a cell {cell.id}, but the notebook has none of that id")
        notebook.cells[places[cell.id]] = cell


def exercise_displays(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("data", {}).get("text/plain", "")
            match = exercise_line.match(text)
            if match:
                yield match["name"], match["state"], text


def exercises(notebook):
    """The state that each exercise of an executed notebook shows, by its name."""
    states = {}
    for name, state, _ in exercise_displays(notebook):
        if name in states:
            raise Failure(f'two exercises are called "{name}"')
        states[name] = state
    return states


def text_of(notebook, wanted):
    return next((text for name, _, text in exercise_displays(notebook) if name == wanted), "it shows nothing")


def export(notebook, file, files, folder):
    """Writes the executed notebook as a page, with what it needs beside it."""
    exporter = HTMLExporter(
        template_name="template",
        extra_template_basedirs=[str(here)],
        exclude_anchor_links=True,
    )
    pages = [{"label": "Report", "href": "../report.html", "current": False}]
    for other in files:
        pages.append({"label": title(other).split(":")[0], "href": f"{other.stem}.html", "current": other == file})
    notebook.metadata["title"] = title(file)
    page, _ = exporter.from_notebook_node(notebook, resources={"pages": pages})
    # notebooks link to each other as notebooks
    for other in files:
        page = page.replace(f'href="{other.name}"', f'href="{other.stem}.html"')
    for name, source in assets.items():
        place = folder / "assets" / name
        if not place.exists() or place.stat().st_size != source.stat().st_size:
            write_whole(place, source.read_bytes())
    write_whole(folder / f"{file.stem}.html", page.encode())


def remove_pages_of_others(files, folder):
    """The report links all pages that are there: those of notebooks that are gone must go too."""
    for page in folder.glob("*.html"):
        if page.stem not in {file.stem for file in files}:
            page.unlink()


def title(file):
    """The first heading of a notebook."""
    for cell in nbformat.read(file, as_version=4).cells:
        heading = re.search(r"^# +(.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if heading:
            return heading[1]
    return file.stem


def write_whole(file, content):
    """Beside its place, then renamed: a file is there whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.{os.getpid()}.partial")
    beside.write_bytes(content)
    os.replace(beside, file)


if __name__ == "__main__":
    sys.exit(main())
