"""Grades the exercises of a class with the checks of our own notebooks. Called by npm run grade; see docs/classroom.md.

    grade.py [--seconds N] [--memory GB] [--notebooks FOLDER] CLASS

CLASS holds a folder for each student with notebooks in it, or notebooks that are called after their students. Of a student's
notebook only the cells of the exercises are taken, by their ids, into ours (judge.py); its name does not matter. Each notebook
runs in a child process with bounds (fence.py). The table goes to the terminal, and to grades.csv and grades.html in CLASS.
"""

import argparse
import os
import pathlib
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from execute import Failure, most_at_once, notebooks_folder, read, write_whole
from fence import Child, Ended, OutOfTime, in_gigabytes, is_possible
from gradebook import Verdict, as_csv, as_page, printable, terminal_table

# of the notebook itself, before the first answer runs
OWN_SECONDS = 600
# the judge stops a cell by itself; this is for a judge that cannot
GRACE_SECONDS = 60
LARGEST_NOTEBOOK = 100 * 2**20
check_call = re.compile(r"""\bshowExercise\(\s*(['"`])(?P<name>.*?)\1""")
judge_program = pathlib.Path(__file__).with_name("judge.py")


@dataclass(frozen=True)
class Exercise:
    name: str
    cells: tuple  # the ids of the cells that a student fills
    places: tuple  # the cells to run again: from the first of these to the check


@dataclass(frozen=True)
class HandedIn:
    student: str
    file: pathlib.Path
    sources: dict  # of the code cells, by their ids


def main():
    parser = argparse.ArgumentParser(prog="npm run grade --", description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=positive, default=120, help="that a cell may take (120)")
    parser.add_argument("--memory", type=positive, default=3, metavar="GB", help="of a student's notebook (3)")
    parser.add_argument("--notebooks", type=pathlib.Path, default=notebooks_folder, help=argparse.SUPPRESS)
    parser.add_argument("folder", type=pathlib.Path, metavar="CLASS", help="the folder with the students' notebooks")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"CLASS must be a folder, but {arguments.folder} is none")
    ladder = exercises_of(arguments.notebooks)
    work, names, notes = collect(arguments.folder, ladder)
    if not work:
        print(f"{arguments.folder} holds no notebook with an exercise of ours", *notes, sep="\n", file=sys.stderr)
        return 1
    grader = Grader(arguments.notebooks, ladder, arguments.seconds, arguments.memory * 2**30)
    print(*grader.notes, sep="\n", flush=True)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, most_at_once)) as pool:
        graded = dict(zip(work, pool.map(lambda place: grader.grade(*place, work[place]), work)))
    verdicts = [
        verdict
        for student in names
        for stem in ladder
        if any(stem == taken for _, taken in work)
        for verdict in graded.get((student, stem)) or none_handed_in(student, stem, ladder[stem])
    ]
    notes = [*grader.notes, *notes]
    table, page = arguments.folder / "grades.csv", arguments.folder / "grades.html"
    write_whole(table, as_csv(verdicts).encode())
    write_whole(page, as_page(verdicts, notes).encode())
    print("", terminal_table(verdicts), "", *(printable(note) for note in notes[len(grader.notes) :]), table, page, sep="\n")
    return 1 if any(verdict.state == "not graded" for verdict in verdicts) else 0


def positive(text):
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"must be above 0, but is {text}")
    return value


# --- what is to be graded ------------------------------------------------------------------------------------------------


def exercises_of(folder):
    """Our exercises, by notebook: their cells are those of the solutions, their checks what shows their names."""
    ladder = {}
    for file in sorted(folder.glob("*.ipynb")):
        solutions_file = folder / "solutions" / file.name
        if not solutions_file.exists():
            continue
        cells = read(file).cells
        places = {cell.id: place for place, cell in enumerate(cells)}
        checks = {place: check_call.search(cell.source) for place, cell in enumerate(cells) if cell.cell_type == "code"}
        filled = {}
        for cell in read(solutions_file).cells:
            check = next(place for place, call in checks.items() if call and place >= places[cell.id])
            filled.setdefault(check, []).append(cell.id)
        ladder[file.stem] = [
            Exercise(checks[check]["name"], tuple(ids), tuple(range(min(places[i] for i in ids), check + 1)))
            for check, ids in sorted(filled.items())
        ]
    return ladder


def collect(folder, ladder):
    """What was handed in, by student and notebook of ours; all students; and what is to be said of other files."""
    work, names, notes = {}, [], []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        files = sorted(entry.glob("*.ipynb")) if entry.is_dir() else [entry] if entry.suffix == ".ipynb" else []
        student = entry.name if entry.is_dir() else entry.stem
        if entry.is_dir() or files:
            names.append(student)
        for file in files:
            shown = str(file.relative_to(folder))
            try:
                handed_in = HandedIn(student, file, sources_of(file))
            except Failure as failure:
                stem, handed_in = file.stem if file.stem in ladder else None, failure
                note = f"{shown} {failure}"
            else:
                stem, note = notebook_of(handed_in, ladder), f"{shown} has no exercise of ours in it"
            if stem:
                work.setdefault((student, stem), []).append((file, handed_in))
            else:
                notes.append(note)
    return work, list(dict.fromkeys(names)), notes


def sources_of(file):
    """The code of a student's notebook. It is data until it runs in the fence, and may be anything."""
    if file.is_symlink():
        raise Failure("is a link, which may lead anywhere")
    if file.stat().st_size > LARGEST_NOTEBOOK:
        raise Failure(f"is larger than {LARGEST_NOTEBOOK // 2**20} MB")
    try:
        notebook = read(file)
    except Failure:
        raise
    except Exception as error:  # nbformat has many ways to fail on a file that is none
        raise Failure(f"is no valid notebook: {type(error).__name__}: {error}") from error
    return {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code" and "id" in cell}


def notebook_of(handed_in, ladder):
    """Ours with most of its exercise cells in the file; else the one of the same name."""
    shared = {
        stem: sum(cell in handed_in.sources for exercise in exercises for cell in exercise.cells)
        for stem, exercises in ladder.items()
    }
    best = max(shared, key=shared.get)
    return best if shared[best] > 0 else handed_in.file.stem if handed_in.file.stem in ladder else None


def none_handed_in(student, stem, exercises):
    return [Verdict(student, stem, exercise.name, "missing", "the notebook was not handed in") for exercise in exercises]


# --- grading -------------------------------------------------------------------------------------------------------------


class Grader:
    def __init__(self, folder, ladder, seconds, memory):
        self.folder, self.ladder, self.seconds, self.memory = folder, ladder, seconds, int(memory)
        self.fenced = is_possible()
        self.broken = {}  # what is wrong with our own notebooks on this machine
        bounds = f"{seconds:g} s a cell, {in_gigabytes(memory)} of memory"
        self.notes = [
            f"Each notebook runs in a process of its own: {bounds}; no network, and no file can be changed. It can read what you can read."
            if self.fenced
            else f"Each notebook runs in a process of its own: {bounds}; BUT WITH YOUR RIGHTS AND YOUR NETWORK: this machine "
            "gives no namespaces to its users. Read the notebooks first, or grade in a container.",
            "An answer runs beside its check and could deceive it: read the answers below the table of grades.html before you trust it.",
        ]
        if os.geteuid() == 0:
            self.notes.append("You are root: so is what runs here. Grade as another user.")

    def grade(self, student, stem, files):
        """All exercises of one notebook of one student."""
        exercises = self.ladder[stem]
        file, handed_in = files[0]

        def verdict(exercise, state, says="", answers=None):
            return Verdict(student, stem, exercise.name, state, says, file.name, answers or {})

        if len(files) > 1:
            both = f"there are several files of this notebook: {', '.join(other.name for other, _ in files)}; leave one"
            return [verdict(exercise, "failed", both) for exercise in exercises]
        if isinstance(handed_in, Failure):
            return [verdict(exercise, "failed", f"the file {handed_in}") for exercise in exercises]
        answers = {
            exercise.name: {cell: handed_in.sources[cell] for cell in exercise.cells if cell in handed_in.sources}
            for exercise in exercises
        }
        there = [exercise for exercise in exercises if len(answers[exercise.name]) == len(exercise.cells)]
        says = dict(self.judge(stem, there, answers))
        verdicts = [
            verdict(exercise, *says[exercise.name], answers[exercise.name])
            if exercise in there
            else verdict(exercise, "missing", f"the file has no cell {' and no '.join(exercise.cells)}")
            for exercise in exercises
        ]
        solved = sum(each.state == "solved" for each in verdicts)
        print(printable(f"{student}, {stem}: {solved} of {len(exercises)} solved"), flush=True)
        return verdicts

    def judge(self, stem, exercises, answers):
        """State and words for each exercise. What ends its process ends it for itself alone: the rest begin anew."""
        left = list(exercises)
        while left and stem not in self.broken:
            job = {
                "notebook": str((self.folder / f"{stem}.ipynb").resolve()),
                "own_seconds": OWN_SECONDS,
                "seconds": self.seconds,
                "exercises": [{"name": e.name, "places": e.places, "answers": answers[e.name]} for e in left],
            }
            child = Child([sys.executable, str(judge_program)], job, memory=self.memory, fenced=self.fenced)
            try:
                own = own_notebook_runs(child)
                if own is not None:
                    self.broken[stem] = own
                yield from self.verdicts_of(child, left if own is None else [])
            finally:
                child.end()
        for exercise in left:
            yield exercise.name, ("not graded", f"our own {stem}.ipynb does not run here: {self.broken[stem]}")

    def verdicts_of(self, child, left):
        """Takes the exercises that the child speaks of out of those that are left, up to the one that ends it."""
        while left:
            try:
                answer = child.next_answer(len(left[0].places) * self.seconds + GRACE_SECONDS)
            except Ended as ended:
                state = "out of time" if isinstance(ended, OutOfTime) else "failed"
                answer = {"state": state, "says": str(ended), "ends": True}
            yield left.pop(0).name, (answer["state"], answer["says"])
            if answer["ends"]:
                return


def own_notebook_runs(child):
    """None, or why our own notebook does not run here."""
    try:
        answer = child.next_answer(OWN_SECONDS + GRACE_SECONDS)
    except Ended as ended:
        return str(ended)
    return answer["says"] if answer["state"] == "broken" else None


if __name__ == "__main__":
    sys.exit(main())
