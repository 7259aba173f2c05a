"""Drives the kernel as Jupyter does: `.venv/bin/python environment/kernel/kernel_test.py [part of a check's name]`.

The checks run in a copy of the workspace, in a folder with a space in its name, so that they can edit a library
without touching this one. One line a check; exit code 1 if any failed.
"""

import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

repository = pathlib.Path(__file__).resolve().parents[2]
checks = []


def check(function):
    """Registers a check; its name is the sentence that it makes true."""
    checks.append((function.__name__.replace("_", " "), function))
    return function


# --- a workspace of its own ------------------------------------------------------------------------------------------


def make_workspace(folder):
    """Copies the kernel and one module of the library; shares the installed packages by links."""
    shutil.copytree(repository / "environment/kernel", folder / "environment/kernel")
    shutil.copytree(repository / "lib/random", folder / "lib/random")
    for name in ["package.json", "tsconfig.json", "lib/package.json"]:
        shutil.copy(repository / name, folder / name)
    (folder / "notebooks").mkdir()
    (folder / "node_modules").mkdir()
    for package in (repository / "node_modules").iterdir():
        if package.name != "lib":
            (folder / "node_modules" / package.name).symlink_to(package.resolve())
    (folder / "node_modules/lib").symlink_to("../lib")
    link = f"import {{ linkKernel }} from {json.dumps(str(folder / 'environment/kernel/link.mjs'))};"
    link += f"linkKernel({json.dumps(str(folder / '.venv'))});"
    for _ in range(2):  # the second call must find nothing to do
        subprocess.run(["node", "--input-type=module", "-e", link], check=True)


def write_module(workspace, name, source):
    path = workspace / "lib" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(textwrap.dedent(source))


# --- a kernel ---------------------------------------------------------------------------------------------------------


class Run:
    """What came back for one cell."""

    def __init__(self, messages, reply):
        self.messages = messages  # [type, content, seconds after the request]
        self.reply = reply

    def contents(self, message_type):
        return [content for kind, content, _ in self.messages if kind == message_type]

    @property
    def text(self):
        return "".join(content["text"] for content in self.contents("stream"))

    @property
    def result(self):
        results = self.contents("execute_result")
        return results[0]["data"]["text/plain"] if results else None

    @property
    def trace(self):
        return "\n".join(line for error in self.contents("error") for line in error["traceback"])

    @property
    def states(self):
        return [content["execution_state"] for content in self.contents("status")]


class Kernel:
    def __init__(self, workspace):
        specs = KernelSpecManager(kernel_dirs=[str(workspace / ".venv/share/jupyter/kernels")])
        self.workspace = workspace
        self.manager = KernelManager(kernel_name="typescript", kernel_spec_manager=specs)
        self.manager.start_kernel(cwd=str(workspace / "notebooks"))
        self.connect()

    def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=30)

    def ask(self, request, seconds=10):
        """Sends a request other than a cell and returns its answer's content."""
        return self.reply(request, seconds)["content"]

    def reply(self, request, seconds=10, channel="shell"):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                message = getattr(self.client, f"get_{channel}_msg")(timeout=until - time.monotonic())
            except queue.Empty:
                break
            if message["parent_header"].get("msg_id") == request:
                return message
        raise AssertionError(f"no answer within {seconds} s")

    def send(self, code, **options):
        return self.client.execute(textwrap.dedent(code), **options)

    def finish(self, request, seconds=20):
        """Collects what a cell shows until the kernel is idle again."""
        messages, start = [], time.monotonic()
        while not messages or messages[-1][:2] != ("status", {"execution_state": "idle"}):
            try:
                message = self.client.get_iopub_msg(timeout=max(0.01, start + seconds - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"not idle within {seconds} s") from None
            if message["parent_header"].get("msg_id") == request:
                messages.append((message["msg_type"], message["content"], time.monotonic() - start))
        return Run(messages, self.reply(request)["content"])

    def run(self, code, **options):
        return self.finish(self.send(code, **options))

    def stop_after(self, code, seconds):
        """Runs a cell, presses stop, and returns what it showed and how long the stop took."""
        request = self.send(code)
        time.sleep(seconds)
        pressed = time.monotonic()
        self.manager.interrupt_kernel()
        run = self.finish(request, seconds=5)
        return run, time.monotonic() - pressed

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def expect(actual, wanted):
    assert actual == wanted, f"{actual!r} instead of {wanted!r}"


# --- output -----------------------------------------------------------------------------------------------------------


@check
def three_thousand_printed_lines_arrive_whole_and_in_order(kernel):
    run = kernel.run("for (let i = 0; i < 3000; i++) console.log(`line ${i}`);")
    expect(run.text, "".join(f"line {i}\n" for i in range(3000)))
    messages = len(run.contents("stream"))
    assert messages < 300, f"{messages} messages"
    loud = kernel.run(
        """
        const write = (i: number) => (i % 2 ? console.log : console.error)(i);
        for (let i = 0; i < 3000; i++) { write(i); if (i % 100 === 0) await null; }
        """
    )
    expect(loud.text, "".join(f"{i}\n" for i in range(3000)))
    return f"{messages} messages, then {len(loud.contents('stream'))} of two streams in turns"


@check
def text_appears_while_a_loop_that_never_gives_way_still_runs(kernel):
    run = kernel.run("const end = Date.now() + 600; while (Date.now() < end) console.log('tick');")
    first = next(seconds for kind, _, seconds in run.messages if kind == "stream")
    assert first < 0.4, f"the first text came after {first:.2f} s"
    return f"first text after {first:.2f} s of 0.6 s"


@check
def a_result_has_its_count_and_a_cell_its_states(kernel):
    run = kernel.run("[1, 2].map((x) => x * 2)")
    count = run.reply["execution_count"]
    result = {"execution_count": count, "data": {"text/plain": "[ 2, 4 ]"}, "metadata": {}}
    expect(run.contents("execute_result"), [result])
    expect(run.contents("execute_input")[0]["execution_count"], count)
    expect([kind for kind, _, _ in run.messages], ["status", "execute_input", "execute_result", "status"])
    expect(run.states, ["busy", "idle"])
    expect(kernel.run("const quiet = 1;").contents("execute_result"), [])


@check
def a_value_that_knows_how_to_show_itself_does(kernel):
    run = kernel.run("({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>', 'text/plain': 'x' }) })")
    expect(run.contents("execute_result")[0]["data"], {"text/html": "<b>x</b>", "text/plain": "x"})


@check
def a_display_can_be_updated(kernel):
    run = kernel.run(
        """
        type Display = (bundle: object, options?: object) => void;
        const notebook = (globalThis as any)[Symbol.for('notebook')] as { display: Display };
        console.log('before');
        notebook.display({ 'text/plain': 'a' }, { displayId: 'figure', metadata: { scale: 2 } });
        notebook.display({ 'text/plain': 'b' }, { displayId: 'figure', update: true });
        notebook.display({ 'text/plain': 'c' });
        """
    )
    order = [kind for kind, _, _ in run.messages[2:-1]]
    expect(order, ["stream", "display_data", "update_display_data", "display_data"])
    shown, plain = run.contents("display_data")
    transient = {"display_id": "figure"}
    expect(shown, {"data": {"text/plain": "a"}, "metadata": {"scale": 2}, "transient": transient})
    update = {"data": {"text/plain": "b"}, "metadata": {}, "transient": transient}
    expect(run.contents("update_display_data"), [update])
    expect(plain["transient"], {})


# --- errors -----------------------------------------------------------------------------------------------------------


@check
def an_error_stops_a_run_all_and_points_into_cell_and_library(kernel):
    kernel.run("import { createRandom } from 'lib/random';")
    cells = ["const random = createRandom(1);\nrandom.integer(0);", *["console.log('after')"] * 50]
    requests = [kernel.send(cell) for cell in cells]
    failed, *queued = [kernel.finish(request) for request in requests]
    number = failed.reply["execution_count"]
    expect(failed.reply["ename"], "RangeError")
    assert f"--> cell[{number}]:2:8  random.integer(0);" in failed.trace, failed.trace
    source = (kernel.workspace / "lib/random/random.ts").read_text().split("\n")
    line = next(i for i, text in enumerate(source, 1) if "throw new RangeError(`count" in text)
    assert f"lib/random/random.ts:{line}:" in failed.trace, failed.trace
    assert "node_modules" not in failed.trace and "environment/kernel" not in failed.trace, failed.trace
    expect({run.reply["status"] for run in queued}, {"aborted"})
    expect("".join(run.text for run in queued), "")
    expect(kernel.run("random.integer(1)").result, "0")
    expect(kernel.reply(kernel.send("null", stop_on_error=False))["content"]["execution_count"], number + 2)


@check
def an_error_behind_an_await_points_at_the_await(kernel):
    write_module(
        kernel.workspace,
        "late/index.ts",
        """
        export async function late(): Promise<void> {
          await new Promise((resolve) => setTimeout(resolve, 5));
          throw new Error('too late', { cause: new RangeError('the clock') });
        }
        """,
    )
    run = kernel.run("import { late } from 'lib/late';\nconst before = 1;\n\nawait late();")
    assert f"--> cell[{run.reply['execution_count']}]:4:1  await late();" in run.trace, run.trace
    assert "lib/late/index.ts:4:" in run.trace, run.trace
    assert "Caused by:\nRangeError: the clock" in run.trace, run.trace
    expect(kernel.run("before").result, "1")


@check
def a_shorthand_property_is_a_variable_of_an_earlier_cell(kernel):
    kernel.run("let near = 1;\nlet far = 2;\nconst focus = 3;")
    expect(kernel.run("({ near, far, deep: { focus } })").result, "{ near: 1, far: 2, deep: { focus: 3 } }")
    shadowed = "[7].map((near) => ({ near, far }))"
    expect(kernel.run(shadowed).result, "[ { near: 7, far: 2 } ]")
    kernel.run("const given: { near: number; far?: number } = { near: 8 };\n({ near, far = 9 } = given);")
    expect(kernel.run("[near, far]").result, "[ 8, 9 ]")
    kernel.run("const heads = [{ title: 'one', place: { x: 1, y: 2 } }];")
    nested = "heads.map(({ title, place: { x, ...place } }) => ({ title, ...place }))"
    expect(kernel.run(nested).result, "[ { title: 'one', y: 2 } ]")
    expect(kernel.run("const { place: { x, y } } = heads[0];\nlet at = 0;\n({ place: { x: at } } = heads[0]);\n[x, y, at]").result, "[ 1, 2, 1 ]")
    run = kernel.run("const { near: renamed } = { near };\n\nfocus.toFixed(near === 8 ? -1 : 1);")
    assert f"cell[{run.reply['execution_count']}]:3:7" in run.trace, run.trace


@check
def an_error_deep_in_the_library_still_points_into_the_cell(kernel):
    run = kernel.run(
        "const deep = (n: number): number => (n ? deep(n - 1) + 1 : JSON.parse('{'));\n"
        "const outer = () => deep(40);\n"
        "outer();"
    )
    assert f"at cell[{run.reply['execution_count']}]:3:1" in run.trace, run.trace


@check
def a_function_of_an_earlier_cell_is_found_in_the_trace(kernel):
    first = kernel.run("\nfunction inner(): number {\n  throw new TypeError('inside');\n}")
    run = kernel.run("inner();")
    place = f"cell[{first.reply['execution_count']}]:3:9"
    assert f"--> {place}  throw new TypeError('inside');" in run.trace, run.trace
    assert f"at inner ({place})" in run.trace, run.trace
    assert f"at cell[{run.reply['execution_count']}]:1:1" in run.trace, run.trace


@check
def an_error_in_the_background_is_printed_and_the_kernel_lives(kernel):
    throws = "setTimeout(() => { throw new Error('late'); }, 30);\nvoid Promise.reject(new Error('nobody'));"
    first = kernel.run(f"{throws}\nawait new Promise((resolve) => setTimeout(resolve, 200));")
    text = first.text
    number = first.reply["execution_count"]
    assert f"Error: late\n  --> cell[{number}]:1:26" in text, text
    assert f"Unhandled rejection:\nError: nobody\n  --> cell[{number}]:2:21" in text, text


@check
def a_type_error_is_reported_and_the_cell_not_run(kernel):
    run = kernel.run("console.log('ran');\nconst count: number = 'three';")
    expect(run.reply["ename"], "TypeScriptError")
    assert f"cell[{run.reply['execution_count']}]:2:7 - Type 'string' is not assignable" in run.trace, run.trace
    assert "const count: number = 'three';\n          ^" in run.trace, run.trace
    expect(run.text, "")
    strict = kernel.run("function first(list?: number[]) { return list[0]; }")
    assert "'list' is possibly 'undefined'" in strict.trace, "tsconfig.json's strict does not hold in cells"


# --- the queue --------------------------------------------------------------------------------------------------------


@check
def two_hundred_queued_cells_lose_nothing_and_count_up(kernel):
    start = kernel.run("let total = 0;").reply["execution_count"]
    began = time.monotonic()
    wait = ["", "await null;"]
    requests = [kernel.send(f"total += {i}; {wait[i % 2]} console.log({i}); total") for i in range(200)]
    runs = [kernel.finish(request, seconds=60) for request in requests]
    seconds = time.monotonic() - began
    expect([run.reply["execution_count"] for run in runs], list(range(start + 1, start + 201)))
    expect([run.text for run in runs], [f"{i}\n" for i in range(200)])
    expect(runs[-1].result, str(sum(range(200))))
    return f"{seconds / 200 * 1000:.0f} ms a cell"


@check
def the_kernel_is_busy_while_a_cell_awaits_and_answers_meanwhile(kernel):
    request = kernel.send("await new Promise((resolve) => setTimeout(resolve, 700));")
    time.sleep(0.2)
    began = time.monotonic()
    kernel.ask(kernel.client.complete("Mat"))
    seconds = time.monotonic() - began
    states = []
    while not states or states[-1][0] != request or states[-1][1] != "idle":
        message = kernel.client.get_iopub_msg(timeout=5)
        if message["msg_type"] == "status":
            states.append((message["parent_header"].get("msg_id"), message["content"]["execution_state"]))
    expect([state for _, state in states], ["busy", "busy", "idle", "busy", "idle"])
    assert seconds < 0.5, f"completion took {seconds:.2f} s"
    return f"completion in {seconds * 1000:.0f} ms"


@check
def unknown_and_minor_requests_do_no_harm(kernel):
    session = kernel.client.session
    send = lambda kind, content: kernel.client.shell_channel.send(session.msg(kind, content))  # noqa: E731
    send("no_such_request", {})
    send("comm_msg", {"comm_id": "x", "data": {}})
    expect(kernel.ask(kernel.client.comm_info())["comms"], {})
    expect(kernel.ask(kernel.client.history())["history"], [])
    expect(kernel.ask(kernel.client.is_complete("for (;;) {"))["status"], "incomplete")
    expect(kernel.ask(kernel.client.is_complete("1 + 1;"))["status"], "complete")
    expect(kernel.ask(kernel.client.kernel_info())["language_info"]["name"], "typescript")
    silent = kernel.run("console.log(1); 2", silent=True)
    expect((silent.contents("execute_input"), silent.result), ([], None))
    expect(kernel.run("40 + 2").result, "42")


# --- help -------------------------------------------------------------------------------------------------------------


@check
def completion_and_inspection_know_the_library(kernel):
    kernel.run("import { createRandom } from 'lib/random'; const generator = createRandom(3);")
    code = "/* 😀😀😀😀😀😀😀😀 */ createR"
    answer = kernel.ask(kernel.client.complete(code))
    expect(answer["matches"][0], "createRandom")
    expect(code[answer["cursor_start"] : answer["cursor_end"]], "createR")
    assert "permutation" in kernel.ask(kernel.client.complete("generator."))["matches"]
    for code, position in [("createRandom", 5), ("createRandom(", 13), ("createRandom(1 + 2)", 15)]:
        answer = kernel.ask(kernel.client.inspect(code, position))
        assert "Makes a generator from a seed" in answer["data"].get("text/markdown", ""), f"{code!r} at {position}"
    assert "`seed`: any text or number" in answer["data"]["text/markdown"]
    expect(kernel.ask(kernel.client.inspect("   ", 1))["found"], False)


# --- the stop button --------------------------------------------------------------------------------------------------


@check
def stop_ends_an_asynchronous_loop(kernel):
    kernel.run("let steps = 0;\nconst step = async () => { await new Promise((go) => setTimeout(go, 2)); steps++; };")
    run, seconds = kernel.stop_after(
        "const history: number[] = [];\nwhile (true) {\n  await step();\n  history.push(steps);\n}", 0.7
    )
    expect(run.reply["ename"], "KeyboardInterrupt")
    assert seconds < 1, f"{seconds:.2f} s"
    assert f"--> cell[{run.reply['execution_count']}]:3:3  await step();" in run.trace, run.trace
    reached = int(kernel.run("steps").result)
    assert reached > 10, f"{reached} steps"
    expect(kernel.run("history.length > 10").result, "true")
    time.sleep(0.1)
    assert int(kernel.run("steps").result) <= reached + 1, "the loop goes on"
    return f"{seconds * 1000:.0f} ms"


@check
def stop_ends_a_loop_that_never_gives_way(kernel):
    kernel.run("let spins = 0; const kept = 'kept';")
    run, seconds = kernel.stop_after("while (true) spins++;", 0.7)
    expect(run.reply["ename"], "KeyboardInterrupt")
    assert seconds < 1, f"{seconds:.2f} s"
    expect(kernel.run("kept").result, "'kept'")
    assert int(kernel.run("spins").result) > 1000
    return f"{seconds * 1000:.0f} ms"


@check
def stop_ends_awaits_that_never_end_or_never_wait_and_a_for_await(kernel):
    for code in [
        "await new Promise(() => {});",
        "while (true) await null;",
        "async function* ticks() { while (true) yield await new Promise((resolve) => setTimeout(resolve, 2)); }\n"
        "for await (const tick of ticks()) { void tick; }",
    ]:
        run, seconds = kernel.stop_after(code, 0.4)
        expect(run.reply["ename"], "KeyboardInterrupt")
        assert seconds < 1, f"{seconds:.2f} s"
    expect(kernel.run("1").result, "1")


@check
def stop_aborts_the_signal_that_library_code_listens_to(kernel):
    run, _ = kernel.stop_after(
        """
        const signal = (globalThis as any)[Symbol.for('notebook')].interruptSignal() as AbortSignal;
        let turns = 0;
        const task = async () => { while (!signal.aborted) { turns++; await new Promise((go) => setTimeout(go, 2)); } };
        await task();
        """,
        0.5,
    )
    expect(run.reply["ename"], "KeyboardInterrupt")
    expect(kernel.run("[signal.aborted, signal.reason.name]").result, "[ true, 'KeyboardInterrupt' ]")
    fresh = kernel.run("(globalThis as any)[Symbol.for('notebook')].interruptSignal().aborted")
    expect(fresh.result, "false")


@check
def stop_is_not_lost_while_the_cell_is_compiled(kernel):
    kernel.run("const untouched = 'untouched';")
    for i in range(5):
        request = kernel.send(f"const turn{i} = {i}; while (true);")
        while kernel.client.get_iopub_msg(timeout=5)["parent_header"].get("msg_id") != request:
            pass  # the first message says that the cell begins; its compilation takes some 30 ms
        time.sleep(0.004 * i)
        kernel.manager.interrupt_kernel()
        expect(kernel.finish(request, seconds=3).reply["ename"], "KeyboardInterrupt")
    expect(kernel.run("untouched").result, "'untouched'")


@check
def stop_in_the_middle_of_an_import_leaves_the_module_importable(kernel):
    write_module(
        kernel.workspace,
        "slow/index.ts",
        """
        export const early = 1;
        const end = Date.now() + ((globalThis as any).patience ?? 5000);
        while (Date.now() < end);
        export const late = 2;
        """,
    )
    use = "import { early, late } from 'lib/slow'; [early, late]"
    run, _ = kernel.stop_after(use, 0.6)
    expect(run.reply["ename"], "KeyboardInterrupt")
    kernel.run("(globalThis as any).patience = 0;")
    expect(kernel.run(use).result, "[ 1, 2 ]")


@check
def stop_between_cells_does_nothing(kernel):
    kernel.run("const survivor = 5;")
    for _ in range(20):
        kernel.manager.interrupt_kernel()
        os.kill(kernel.manager.provisioner.pid, signal.SIGINT)  # as someone with a terminal might
        time.sleep(0.01)
    time.sleep(0.2)  # the last one must not meet the next cell
    expect(kernel.run("survivor").result, "5")


@check
def stop_spares_the_compiler_and_the_processes_that_a_cell_started(kernel):
    kernel.run("import { spawn } from 'node:child_process';\nconst child = spawn('sleep', ['60']);")
    run, _ = kernel.stop_after("while (true) await null;", 0.3)
    expect(run.reply["ename"], "KeyboardInterrupt")
    # A text that tsx cannot have in its cache on the disk.
    write_module(kernel.workspace, "unique/index.ts", f"export const unique: string = '{time.time()}';\n")
    assert kernel.run("import { unique } from 'lib/unique'; unique").result
    expect(kernel.run("[child.exitCode, child.signalCode, child.kill()]").result, "[ null, null, true ]")


@check
def stop_leaves_tensorflow_able_to_train(kernel):
    kernel.run(
        """
        import * as tf from '@tensorflow/tfjs-core';
        import '@tensorflow/tfjs-core/dist/register_all_gradients';
        import '@tensorflow/tfjs-backend-cpu';
        """
    )
    kernel.run("const x = tf.tensor1d([1, 2, 3]); const loss = (t: tf.Tensor) => tf.sum(tf.square(t)) as tf.Scalar;")
    tensors = kernel.run("tf.memory().numTensors").result
    run, _ = kernel.stop_after("while (true) tf.tidy(() => { tf.grad(loss)(x); });", 0.6)
    expect(run.reply["ename"], "KeyboardInterrupt")
    expect(kernel.run("tf.tidy(() => Array.from(tf.grad(loss)(x).dataSync()))").result, "[ 2, 4, 6 ]")
    expect(kernel.run("tf.engine().state.scopeStack.length").result, "0")
    left = int(kernel.run("tf.memory().numTensors").result) - int(tensors)
    assert left <= 5, f"{left} tensors more than before"
    return f"{left} tensors left by the stopped step"


# --- the library ------------------------------------------------------------------------------------------------------


@check
def an_edited_library_file_takes_effect_at_the_next_import(kernel):
    write_module(kernel.workspace, "probe/constant.ts", "export const constant = 1;\n")
    index = "import { constant } from './constant';\nexport const twice = 2 * constant;\n"
    write_module(kernel.workspace, "probe/index.ts", index)
    use = "import { twice } from 'lib/probe'; twice"
    expect(kernel.run(use).result, "2")
    write_module(kernel.workspace, "probe/constant.ts", "export const constant = 21;\n")  # only what index.ts imports
    expect(kernel.run(use).result, "42")
    write_module(kernel.workspace, "probe/index.ts", "export const twice = 'now a text';\n")
    expect(kernel.run(f"{use}.length").result, "10")
    expect(kernel.run("twice.toFixed()").reply["ename"], "TypeScriptError")
    # An edit while the cell that imported the file still runs.
    request = kernel.send(f"{use}; await new Promise((resolve) => setTimeout(resolve, 400));")
    time.sleep(0.25)
    write_module(kernel.workspace, "probe/index.ts", "export const twice = 'changed';\n")
    kernel.finish(request)
    expect(kernel.run(use).result, "'changed'")


@check
def a_library_file_that_was_missing_is_found_once_it_is_there(kernel):
    use = "import { fresh } from 'lib/fresh'; fresh"
    missing = kernel.run(use)
    assert "Cannot find module 'lib/fresh'" in missing.trace, missing.trace
    write_module(kernel.workspace, "fresh/index.ts", "export const fresh = 'here';\n")
    expect(kernel.run(use).result, "'here'")


# --- life and death ---------------------------------------------------------------------------------------------------


@check
def a_restart_forgets_the_variables_and_counts_from_one(kernel):
    kernel.run("const remembered = 1;")
    kernel.client.stop_channels()
    began = time.monotonic()
    kernel.manager.restart_kernel(now=False)
    kernel.connect()
    seconds = time.monotonic() - began
    run = kernel.run("remembered")
    expect((run.reply["ename"], run.reply["execution_count"]), ("TypeScriptError", 1))
    return f"{seconds:.1f} s"


@check
def a_shutdown_is_quick_though_timers_are_running(kernel):
    other = Kernel(kernel.workspace)
    other.run("setInterval(() => {}, 10);")
    began = time.monotonic()
    other.client.stop_channels()
    other.manager.shutdown_kernel(now=False)
    seconds = time.monotonic() - began
    assert seconds < 1.5, f"{seconds:.2f} s"
    return f"{seconds:.2f} s"


@check
def a_shutdown_ends_a_loop_that_never_gives_way(kernel):
    other = Kernel(kernel.workspace)
    other.send("await null; while (true);")  # after an await no stop gets through
    time.sleep(0.4)
    began = time.monotonic()
    other.client.stop_channels()
    other.manager.shutdown_kernel(now=False)
    seconds = time.monotonic() - began
    assert seconds < 2, f"{seconds:.2f} s"
    return f"{seconds:.2f} s"


@check
def the_kernel_dies_with_its_parent_even_in_an_endless_loop(kernel):
    parent = subprocess.Popen(
        [sys.executable, __file__, "--parent", str(kernel.workspace)], stdout=subprocess.PIPE, text=True
    )
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    began = time.monotonic()
    while is_running(pid):
        if time.monotonic() - began > 2:
            os.kill(pid, signal.SIGKILL)
            raise AssertionError("still running after 2 s")
        time.sleep(0.02)
    return f"{time.monotonic() - began:.2f} s"


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
    return not state.startswith("Z")


def be_a_parent(workspace):
    """Keeps a kernel in an endless loop until someone kills this process."""
    kernel = Kernel(workspace)
    kernel.send("while (true);")
    time.sleep(0.5)
    print(kernel.manager.provisioner.pid, flush=True)
    time.sleep(60)


def main():
    wanted = " ".join(sys.argv[1:]).replace("_", " ")
    failed = passed = 0
    with tempfile.TemporaryDirectory() as temporary:
        workspace = pathlib.Path(temporary).resolve() / "a workspace"
        workspace.mkdir()
        make_workspace(workspace)
        kernel = Kernel(workspace)
        for name, function in checks:
            if wanted not in name:
                continue
            try:
                note = function(kernel)
                print(f"ok {name}" + (f" ({note})" if note else ""), flush=True)
                passed += 1
            except Exception as error:  # noqa: BLE001 (a check may fail in any way, and the rest must still run)
                print(f"FAIL {name}: {type(error).__name__} {error}", flush=True)
                failed += 1
                kernel.close()
                kernel = Kernel(workspace)
        kernel.close()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--parent"]:
        be_a_parent(pathlib.Path(sys.argv[2]))
    sys.exit(main())
