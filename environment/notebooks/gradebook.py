"""The table of a class: student by exercise, for the terminal, a spreadsheet and a browser."""

import csv
import html
import io
import re
import textwrap
from dataclasses import dataclass, field

STATES = ["solved", "not yet", "failed", "missing", "out of time", "not graded"]


@dataclass(frozen=True)
class Verdict:
    """What became of one exercise of one student."""

    student: str
    notebook: str  # ours, such as 03-projection
    exercise: str
    state: str
    says: str = ""
    file: str = ""
    answers: dict = field(default_factory=dict, compare=False)  # the student's cells, by their ids


def columns(verdicts):
    """Each exercise once, in the order of the notebooks."""
    return list(dict.fromkeys((verdict.notebook, verdict.exercise) for verdict in verdicts))


def students(verdicts):
    return list(dict.fromkeys(verdict.student for verdict in verdicts))


def by_place(verdicts):
    return {(verdict.student, verdict.notebook, verdict.exercise): verdict for verdict in verdicts}


def label(notebook, exercise):
    return f"{notebook.partition('-')[0]} {exercise}"


def solved_count(verdicts, student):
    return sum(verdict.student == student and verdict.state == "solved" for verdict in verdicts)


# --- terminal ----------------------------------------------------------------------------------------------------------


def printable(text):
    """A student's text may hold sequences that rule a terminal."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text)


def terminal_table(verdicts):
    """Exercises are numbered above the table, since their names are longer than a column."""
    places = by_place(verdicts)
    heads = columns(verdicts)
    lines = [f"{number:>4}  {printable(label(*head))}" for number, head in enumerate(heads, 1)]
    names = students(verdicts)
    width = max(len("student"), *(len(printable(name)) for name in names))
    wide = max(map(len, STATES)) + 1
    lines += ["", f"{'student':<{width}}  " + "".join(f"{number:<{wide}}" for number in range(1, len(heads) + 1)) + "solved"]
    for name in names:
        cells = "".join(f"{places[name, *head].state:<{wide}}" for head in heads)
        lines.append(f"{printable(name):<{width}}  {cells}{solved_count(verdicts, name)} of {len(heads)}")
    said = [verdict for verdict in verdicts if verdict.says]
    lines += [""] if said else []
    for verdict in said:
        text = f"{verdict.student}, {label(verdict.notebook, verdict.exercise)}: {verdict.state}: {verdict.says}"
        lines += textwrap.wrap(printable(text), 118, subsequent_indent="  ")
    return "\n".join(lines)


# --- spreadsheet -------------------------------------------------------------------------------------------------------


def as_csv(verdicts):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["student", "notebook", "exercise", "state", "what is wrong", "file"])
    for v in verdicts:
        writer.writerow([no_formula(x) for x in (v.student, v.notebook, v.exercise, v.state, v.says, v.file)])
    return text.getvalue()


def no_formula(text):
    """A spreadsheet computes what begins so."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


# --- page --------------------------------------------------------------------------------------------------------------

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1f2328; background: #fbfaf8 }
.scroll { overflow-x: auto } table { border-collapse: collapse } th, td { padding: .3rem .7rem; text-align: left; border: 1px solid #e3e1dc }
thead th { vertical-align: bottom; font-weight: 600 } .solved { background: #d4efe6 } .not-yet { background: #fbe3d0 }
.failed, .out-of-time { background: #f3d3e3 } .missing, .not-graded { background: #eceae6 }
pre { background: #f1efeb; padding: .7rem; overflow-x: auto; font-size: .85rem } a { color: #0b5c8f }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #16191d } th, td { border-color: #3a3f45 }
.solved { background: #10493a } .not-yet { background: #5a3113 } .failed, .out-of-time { background: #55243e }
.missing, .not-graded { background: #2c3036 } pre { background: #22262b } a { color: #7ab8e0 } }
"""


def as_page(verdicts, notes):
    """One file, without scripts; nothing that a student wrote is anything but text in it."""
    places, heads = by_place(verdicts), columns(verdicts)
    head = "".join(f'<th scope="col">{html.escape(label(*each))}</th>' for each in heads)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th>'
        + "".join(cell(places[name, *each], verdicts) for each in heads)
        + f"<td>{solved_count(verdicts, name)} of {len(heads)}</td></tr>"
        for name in students(verdicts)
    )
    details = "".join(detail(verdict, verdicts) for verdict in verdicts if verdict.says or verdict.answers)
    remarks = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Exercises of a class</title>'
        '<meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{STYLE}</style></head><body><h1>Exercises of a class</h1><ul>{remarks}</ul>"
        f'<div class="scroll"><table><thead><tr><th scope="col">student</th>{head}<th scope="col">solved</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div><h2>What the checks say, and the answers</h2>{details}</body></html>\n"
    )


def cell(verdict, verdicts):
    state = html.escape(verdict.state)
    place = verdicts.index(verdict)
    text = f'<a href="#v{place}">{state}</a>' if verdict.says or verdict.answers else state
    return f'<td class="{verdict.state.replace(" ", "-")}">{text}</td>'


def detail(verdict, verdicts):
    title = f"{verdict.student}, {label(verdict.notebook, verdict.exercise)}: {verdict.state}"
    file = f" ({html.escape(verdict.file)})" if verdict.file else ""
    says = f"<p>{html.escape(verdict.says)}</p>" if verdict.says else ""
    answers = "".join(f"<pre>{html.escape(source)}</pre>" for source in verdict.answers.values())
    return f'<h3 id="v{verdicts.index(verdict)}">{html.escape(title)}{file}</h3>{says}{answers}'
