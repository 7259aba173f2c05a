"""Runs notebooks from top to bottom, each on a fresh kernel, as many at once as there are cores but no more than four.

    execute.py [--check] [--export FOLDER] [NOTEBOOK ...]

Without names it takes all of notebooks/. --export writes a page each, which works without a network, and beside it the
executed notebook, from which the site is built. --check also asserts that no outputs are stored, that each exercise says
"Not yet" as it is, and that it says "Solved" once its cell holds what the cell of the same id in notebooks/solutions holds: as
for a student who goes back, on the same kernel, only the cells from the solution to the exercise's answer run again.
"""

import argparse
import copy
import os
import pathlib
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellTimeoutError, DeadKernelError
from nbconvert.exporters import HTMLExporter

here = pathlib.Path(__file__).resolve().parent
root = here.parents[1]
notebooks_folder = root / "notebooks"
cell_timeout_seconds = 120
most_at_once = 4

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
    with ProcessPoolExecutor(min(os.cpu_count() or 1, most_at_once)) as pool:
        succeeded = list(pool.map(run, files, [files] * len(files), [arguments] * len(files)))
    if arguments.export and not arguments.notebooks:
        remove_pages_of_others(files, arguments.export)
    return 0 if all(succeeded) else 1


def run(file, files, arguments):
    """Executes one notebook, and does with it what was asked for; returns whether all went well, or says what did not."""
    try:
        execute(file, files, arguments)
    except Failure as failure:
        print(f"{file.name}: {failure}", file=sys.stderr, flush=True)
        return False
    return True


def execute(file, files, arguments):
    notebook = read(file)
    if arguments.check:
        check_stored(notebook, file)
    session = Session(notebook, file)
    with session.kernel():
        session.execute(range(len(notebook.cells)))
        if arguments.check:
            check_exercises(session)
    if arguments.export:
        export(notebook, file, files, arguments.export)


def read(file):
    try:
        notebook = nbformat.read(file, as_version=4)
        nbformat.validate(notebook)
    except FileNotFoundError:
        raise Failure("is not there") from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise Failure(f"is no valid notebook: {error}") from error
    return notebook


class Session:
    """A notebook on a kernel of its own; the outputs of the cells that were executed are then in the notebook."""

    def __init__(self, notebook, file):
        self.notebook = notebook
        self.file = file
        self.client = NotebookClient(
            notebook,
            timeout=cell_timeout_seconds,
            kernel_name=notebook.metadata.kernelspec.name,
            coalesce_streams=True,
            resources={"metadata": {"path": str(file.resolve().parent)}},
        )

    def kernel(self):
        self.client.reset_execution_trackers()
        return self.client.setup_kernel()

    def show(self, notebook):
        """Goes on with another notebook on the same kernel."""
        self.notebook = self.client.nb = notebook

    def execute(self, indices, note=""):
        """Runs these cells."""
        started = time.monotonic()
        for index in indices:
            cell = self.notebook.cells[index]
            try:
                self.client.execute_cell(cell, index)
            except (CellControlSignal, DeadKernelError) as error:
                source = "\n".join(f"    {line}" for line in cell.source.split("\n"))
                raise Failure(
                    f"cell {cell.id} (number {index + 1}) failed{note}:\n{source}\n{trace(cell, error)}"
                ) from error
        print(f"{self.file.name}: ran{note} in {time.monotonic() - started:.1f} s", flush=True)


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


def check_exercises(session):
    """Asserts that exercises are open as the notebook stands, and that the stored solutions solve them."""
    file = session.file
    open_ones = exercises(session.notebook)
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
    solved = copy.deepcopy(session.notebook)
    again = put_solutions(solved, solutions, solutions_file)
    session.show(solved)
    session.execute(again, note=" with its solutions")
    states = exercises(solved)
    for name in open_ones:
        if states.get(name) != "Solved":
            raise Failure(f'exercise "{name}" is not solved by solutions/{file.name}: {text_of(solved, name)}')


def put_solutions(notebook, solutions, solutions_file):
    """Puts the solutions in place; returns which cells a student runs again: each up to the next exercise's answer."""
    places = {cell.id: index for index, cell in enumerate(notebook.cells)}
    answers = [index for index, cell in enumerate(notebook.cells) if any(exercise_displays_of(cell))]
    again = set()
    for cell in solutions.cells:
        if cell.cell_type != "code":
            continue
        if cell.id not in places:
            raise Failure(f"solutions/{solutions_file.name} has a cell {cell.id}, but the notebook has none of that id")
        place = places[cell.id]
        answer = next((index for index in answers if index >= place), None)
        if answer is None:
            raise Failure(f"no exercise shows an answer after the cell {cell.id} of solutions/{solutions_file.name}")
        notebook.cells[place] = cell
        again.update(range(place, answer + 1))
    return sorted(again)


def exercise_displays(notebook):
    for cell in notebook.cells:
        yield from exercise_displays_of(cell)


def exercise_displays_of(cell):
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
    write_whole(folder / file.name, nbformat.writes(notebook).encode())


def remove_pages_of_others(files, folder):
    """The report links all pages that are there: those of notebooks that are gone must go too."""
    for page in [*folder.glob("*.html"), *folder.glob("*.ipynb")]:
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
