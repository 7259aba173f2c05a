"""Optuna behind JSON lines: a request a line on standard input, {"ok": ...} or {"error": "..."} a line on standard output.

    {"call": "open", "storage", "study", "space": {NAME: [LOW, HIGH]}, "trials", "seed", "stale_seconds"}
    {"call": "ask"}                                        the next trial, or null where none is left to begin
    {"call": "tell", "seconds", "score" or "failure"}      how it ended
    {"call": "trials"}                                     all that have ended, and how many were lost

A study has places for so many trials: 0, 1, 2, ... A trial takes the first that is free, and a trial that was lost, since its
worker died, leaves its place to another. The sampler's seed is made of the study's and the place, so that two workers never
draw the same numbers, and a lone worker that is killed and started again draws those that it would have drawn.
"""

import fcntl
import hashlib
import inspect
import json
import os
import pathlib
import signal
import socket
import sys
import threading
import time
import traceback

import numpy
import optuna
import sqlalchemy
from optuna.exceptions import UpdateFinishedTrialError
from optuna.samplers import TPESampler
from optuna.storages import JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

longest_request = 1 << 20
ticket_poll_seconds = 0.02
database_attempts = 3
journal_begins = b'{"op_code":'


class Refusal(Exception):
    """What is wrong with a request or a file, in words for a person."""


# --- files -----------------------------------------------------------------------------------------------------------


class JournalLock:
    """What a journal's writers hold. The kernel opens it when its holder dies; Optuna's own would keep the others waiting."""

    def __init__(self, journal):
        self.journal = journal

    def acquire(self):
        self.file = open(f"{self.journal}.lock", "ab")
        fcntl.flock(self.file, fcntl.LOCK_EX)
        cut_unfinished_line(self.journal)
        return True

    def release(self):
        self.file.close()


def cut_unfinished_line(path):
    """Takes away what a power cut or a full disk left of a line, since the next would be written on after it."""
    with open(path, "r+b") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)


def open_database(address):
    """Workers that find a new database at once make its tables at once, and all but one are refused: next time they are there."""
    for attempt in range(database_attempts):
        try:
            return RDBStorage(address)
        except (sqlalchemy.exc.ProgrammingError, sqlalchemy.exc.IntegrityError, sqlalchemy.exc.OperationalError) as error:
            if attempt + 1 == database_attempts:
                raise Refusal(f"{sqlalchemy.engine.make_url(address)} cannot be opened: {error.orig}") from error
            time.sleep(1)
        except ImportError as error:
            raise Refusal(f"{sqlalchemy.engine.make_url(address)} needs a Python package that is not there: {error}") from error


class SealedJournal(JournalFileBackend):
    """A journal each of whose lines has a checksum of itself as its last field; those of earlier versions have none.

    A changed digit would be another trial, and Optuna passes over a last line that is no JSON as if it were not there.
    """

    def append_logs(self, logs):
        try:
            super().append_logs([{**log, "checksum": line_checksum(log)} for log in logs])
        except OSError as error:
            raise Refusal(
                f"{self._file_path} cannot be written: {error.strerror}; mend that and run the same command again"
            ) from error

    def read_logs(self, log_number_from):
        # behind the last end of a line stands what another worker is writing, or was
        lines = pathlib.Path(self._file_path).read_bytes().split(b"\n")[:-1]
        for number, line in enumerate(lines[log_number_from:], start=log_number_from + 1):
            try:
                log = json.loads(line)
                found = log.pop("checksum", None)
            except (ValueError, AttributeError) as error:
                raise damaged(self._file_path, f"line {number} is no object in JSON") from error
            if found is not None and found != line_checksum(log):
                raise damaged(self._file_path, f"line {number} was changed since it was written")
            yield log


def line_checksum(log):
    return hashlib.sha256(json.dumps(log, separators=(",", ":")).encode()).hexdigest()


def damaged(address, how):
    return Refusal(f"{address} is damaged ({how}); remove it, and the search begins anew")


def open_storage(address):
    """An address with a scheme, such as sqlite:///FILE, is a database's; any other is a journal's file."""
    if "://" in address:
        return open_database(address)
    try:
        pathlib.Path(address).parent.mkdir(parents=True, exist_ok=True)
        with open(address, "a+b") as file:
            file.seek(0)
            begin = file.read(len(journal_begins))
        if begin not in (b"", journal_begins):
            raise Refusal(f"{address} must be a journal of Optuna, but does not begin as one")
        return JournalStorage(SealedJournal(address, lock_obj=JournalLock(address)))
    except OSError as error:
        raise Refusal(f"{address} cannot be opened: {error.strerror}") from error
    # the journal is replayed, and what fails there depends on what is wrong with it
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError) as error:
        raise damaged(address, f"{type(error).__name__}: {error}") from error


# --- workers ---------------------------------------------------------------------------------------------------------


def where_a_process_id_counts():
    """This start of this machine, and this container."""
    try:
        return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip() + os.readlink("/proc/self/ns/pid")
    except OSError:
        return socket.gethostname()


me = [where_a_process_id_counts(), os.getpid()]


def is_gone(worker):
    """Whether a worker has surely died; of one elsewhere nothing is sure."""
    machine, process = worker
    if machine != me[0]:
        return False
    try:
        os.kill(process, 0)
        # one that nobody has buried yet is there, but dead
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except ProcessLookupError:
        return True
    except OSError:
        return False


def beat(trial, interval_seconds):
    """Says from time to time that the trial's worker lives, until the function that it returns is called."""
    stop = threading.Event()

    def beats():
        while not stop.wait(interval_seconds):
            try:
                trial.set_user_attr("heartbeat", time.time())
            except UpdateFinishedTrialError:
                # another worker took this one for dead
                return

    thread = threading.Thread(target=beats, daemon=True)
    thread.start()

    def end():
        stop.set()
        thread.join()

    return end


# --- the study -------------------------------------------------------------------------------------------------------


class Search:
    """A study, and this worker's trial where one is under way."""

    def __init__(self):
        self.trial = None

    def open(self, storage, study, space, trials, seed, stale_seconds):
        self.space, self.places, self.seed, self.stale_seconds = space, trials, seed, stale_seconds
        self.study = optuna.create_study(storage=open_storage(storage), study_name=study, load_if_exists=True)
        for name, value in {"space": space, "seed": seed}.items():
            known = self.study.user_attrs.get(name)
            if known is None:
                self.study.set_user_attr(name, value)
            elif known != value:
                raise Refusal(
                    f"{name} must be that of the study {study} in {storage}, {json.dumps(known)}, but is {json.dumps(value)}"
                )
        return {"sampler": f"{TPESampler.__name__} of Optuna {optuna.__version__}"}

    def ask(self):
        self.drop_lost()
        # before a ticket is taken, so that few are taken in vain
        if not self.free_places():
            return None
        # its number is a ticket: who holds a lower one chooses first, and so no two choose the same place
        self.trial = self.study.ask()
        self.trial.set_user_attr("worker", me)
        self.stop_beats = beat(self.trial, self.stale_seconds / 6)
        while any(t.number < self.trial.number and "place" not in t.user_attrs for t in self.running()):
            time.sleep(ticket_poll_seconds)
            self.drop_lost()
        free = self.free_places()
        if not free:
            self.give_up()
            return None
        self.trial.set_user_attr("place", free[0])
        [seed] = numpy.random.SeedSequence([self.seed, free[0]]).generate_state(1)
        self.study.sampler = TPESampler(seed=int(seed))
        parameters = {
            name: self.trial.suggest_float(name, low, high, log=True) for name, (low, high) in self.space.items()
        }
        return {"trial": free[0], "parameters": parameters}

    def tell(self, seconds, score=None, failure=None):
        trial, self.trial = self.trial, None
        self.stop_beats()
        try:
            trial.set_user_attr("seconds", seconds)
            if failure is not None:
                trial.set_user_attr("failure", failure)
            # last, so that a kill before it loses the trial, and one after it nothing
            self.study.tell(trial, score, state=TrialState.COMPLETE if failure is None else TrialState.FAIL)
        except (UpdateFinishedTrialError, ValueError):
            # another worker took this one for dead: the place is another trial's now
            if not self.frozen(trial).state.is_finished():
                raise

    def trials(self):
        ended = [t for t in self.with_place() if self.holds_place(t) and t.state != TrialState.RUNNING]
        return {
            "trials": [self.record(t) for t in sorted(ended, key=lambda t: t.user_attrs["place"])],
            "lost": sum(not self.holds_place(t) for t in self.with_place()),
        }

    def record(self, trial):
        attributes = trial.user_attrs
        common = {"trial": attributes["place"], "parameters": trial.params, "seconds": attributes["seconds"]}
        if trial.state == TrialState.COMPLETE:
            return {**common, "state": "complete", "score": trial.value}
        return {**common, "state": "failed", "failure": attributes["failure"]}

    def give_up(self):
        """Leaves this worker's trial, if it has one, to others."""
        if self.trial:
            self.stop_beats()
            self.fail(self.trial.number)
            self.trial = None

    def drop_lost(self):
        own = self.trial.number if self.trial else None
        for trial in self.running():
            if trial.number != own and self.is_lost(trial):
                self.fail(trial.number)

    def is_lost(self, trial):
        attributes = trial.user_attrs
        if "worker" in attributes and is_gone(attributes["worker"]):
            return True
        last = attributes.get("heartbeat", trial.datetime_start.timestamp())
        return time.time() - last > self.stale_seconds

    def fail(self, number):
        try:
            self.study.tell(number, state=TrialState.FAIL, skip_if_finished=True)
        except UpdateFinishedTrialError:
            # another worker was faster
            pass

    def running(self):
        return self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))

    def frozen(self, trial):
        return self.study.get_trials(deepcopy=False)[trial.number]

    def with_place(self):
        return [t for t in self.study.get_trials(deepcopy=False) if "place" in t.user_attrs]

    def holds_place(self, trial):
        """Whether it runs or has ended by itself; Optuna's state of a lost one is that of one that failed for a reason."""
        return trial.state != TrialState.FAIL or "failure" in trial.user_attrs

    def free_places(self):
        taken = {t.user_attrs["place"] for t in self.with_place() if self.holds_place(t)}
        return [place for place in range(self.places) if place not in taken]


# --- lines -----------------------------------------------------------------------------------------------------------


def answer(search, line):
    try:
        request = json.loads(line)
        calls = {call.__name__: call for call in (search.open, search.ask, search.tell, search.trials)}
        call = calls[request.pop("call")]
        inspect.signature(call).bind(**request)
        return {"ok": call(**request)}
    except Refusal as refusal:
        return {"error": str(refusal)}
    except Exception as error:
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    # Ctrl-C reaches the whole terminal; the program that asks decides, and its end is the end of the requests
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    search = Search()
    while line := sys.stdin.readline(longest_request):
        print(json.dumps(answer(search, line), allow_nan=False), flush=True)
    search.give_up()


main()
