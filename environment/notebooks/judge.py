"""Runs one notebook of ours with the answers of one student, and says of each exercise what its check says.

    judge.py DESCRIPTOR        called by grade.py, inside of the fence; the job is JSON on its input

First the notebook runs as it stands, and every exercise must say "Not yet". Then, for each exercise, the student's cells take the
place of ours, and the cells from there to the check run again. The check is ours, and only what the check's cell shows counts.
"""

import json
import os
import pathlib
import sys

from execute import Failure, Session, exercise_displays_of, read
from nbclient.exceptions import CellExecutionError, CellTimeoutError

# an answer may have given its own meaning to the name
OWN_CHECK = "import { showExercise } from 'lib/figures'; "
LONGEST = 2000


def main():
    descriptor = int(sys.argv[1])
    os.set_inheritable(descriptor, False)
    with os.fdopen(descriptor, "w") as answers:

        def tell(state, says="", ends=False):
            answers.write(json.dumps({"state": state, "says": shortened(says), "ends": ends}) + "\n")
            answers.flush()

        judge(json.load(sys.stdin), tell)


def shortened(text):
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def judge(job, tell):
    file = pathlib.Path(job["notebook"])
    notebook = read(file)
    session = Session(notebook, file)
    session.client.timeout = session.client.startup_timeout = job["own_seconds"]
    with session.kernel():
        try:
            session.execute(range(len(notebook.cells)))
            for exercise in job["exercises"]:
                state, _ = shown(notebook, exercise)
                if state != "Not yet":
                    raise Failure(f'its exercise "{exercise["name"]}" says {state} before anybody solved it')
        except Failure as failure:
            return tell("broken", reason(failure))
        tell("ready")
        session.client.timeout = job["seconds"]
        for exercise in job["exercises"]:
            try:
                put_answer(notebook, exercise)
                session.execute(exercise["places"])
            except Failure as failure:
                if isinstance(failure.__cause__, CellExecutionError):
                    tell("failed", reason(failure))
                    continue
                out_of_time = isinstance(failure.__cause__, CellTimeoutError)
                # this kernel is of no use to the others
                late = f"a cell did not end in {job['seconds']:g} s"
                return tell(*(("out of time", late) if out_of_time else ("failed", reason(failure))), ends=True)
            state, says = shown(notebook, exercise)
            tell({"Solved": "solved", "Not yet": "not yet"}.get(state, "failed"), says)


def put_answer(notebook, exercise):
    """The student's cells in the place of ours; those up to the check, and the check, are as we wrote them."""
    for place in exercise["places"]:
        cell = notebook.cells[place]
        cell.outputs = []
        cell.source = exercise["answers"].get(cell.id, cell.source)
    check = notebook.cells[exercise["places"][-1]]
    if not check.source.startswith(OWN_CHECK):
        check.source = OWN_CHECK + check.source


def shown(notebook, exercise):
    """State and text of the one display of this exercise, in the cell of its check."""
    displays = list(exercise_displays_of(notebook.cells[exercise["places"][-1]]))
    if [name for name, _, _ in displays] != [exercise["name"]]:
        return "nothing", f"its check shows {len(displays)} answers"
    _, state, text = displays[0]
    return state, text.partition(": Not yet: ")[2]


def reason(failure):
    cause = failure.__cause__
    if isinstance(cause, CellExecutionError):
        return f"{cause.ename}: {cause.evalue}"
    if isinstance(cause, CellTimeoutError):
        return "a cell did not end in time"
    return str(cause or failure)


if __name__ == "__main__":
    main()
