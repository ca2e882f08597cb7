"""What a plugin changes of the whole process when it is imported is put back and told, whatever it is."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

TOLD = "plugin changing (changing.py): changes what belongs to the whole process: {}; that is put back"
PROGRAM = """
import sys, pathlib; m = __import__
{before}
from harness.host.host import PluginHost
host = PluginHost(files=[pathlib.Path("changing.py")], installed=())
print(*host.problems, sep="\\n", file=sys.stderr)
print({after})
"""


def imported(folder: Path, change: str, after: str, before: str = "") -> tuple[str, str]:
    """What `after` gives in a process that has imported a plugin with the change, and what the host says of it."""
    (folder / "changing.py").write_text(change, "utf-8")
    program = PROGRAM.format(before=before, after=after)
    bare = {name: value for name, value in os.environ.items() if name != "TOKENIZERS_PARALLELISM"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, env=bare, capture_output=True, text=True, timeout=60)
    return done.stdout.strip(), done.stderr.strip()


@pytest.mark.parametrize(
    ("change", "after", "is_as_before", "name"),
    [
        ("import os; os.chdir('/')", "pathlib.Path('changing.py').exists()", "True", "the current folder"),
        (
            "import os; os.environ['PATH'] = '/nowhere'",
            "m('os').environ['PATH'] != '/nowhere'",
            "True",
            "the environment",
        ),
        ("import os; del os.environ['PATH']", "'PATH' in m('os').environ", "True", "the environment"),
        (
            "import os; os.environ['HARNESS_HOME'] = '/'",
            "'HARNESS_HOME' in m('os').environ",
            "False",
            "the environment",
        ),
        (
            "import os; os.environ['CUDA_VISIBLE_DEVICES'] = ''",
            "'CUDA_VISIBLE_DEVICES' in m('os').environ",
            "False",
            "the environment",
        ),
        ("import sys; sys.path.clear()", "len(sys.path) > 1", "True", "sys.path"),
        ("import sys; sys.path.insert(0, '/mine')", "sys.path[-1]", "/mine", "sys.path"),
        ("import sys; sys.argv[:] = ['other']", "sys.argv", "['-c']", "sys.argv"),
        ("import sys; sys.excepthook = print", "sys.excepthook is sys.__excepthook__", "True", "sys.excepthook"),
        ("import sys; sys.setrecursionlimit(77_000)", "sys.getrecursionlimit()", "1000", "the recursion limit"),
        (
            "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)",
            "m('signal').getsignal(2).__name__",
            "default_int_handler",
            "signal handlers",
        ),
        (
            "import warnings; warnings.simplefilter('error')",
            "m('warnings').filters[0][0] != 'error'",
            "True",
            "filters of warnings",
        ),
        ("import logging; logging.disable(50)", "m('logging').root.manager.disable", "0", "logging"),
        (
            "import logging; logging.basicConfig(level=10)",
            "m('logging').root",
            "<RootLogger root (WARNING)>",
            "logging",
        ),
        ("import sys; sys.exit = print", "sys.exit is print", "False", "sys.exit"),
        ("import sys; sys.meta_path.clear()", "len(sys.meta_path) > 1", "True", "sys.meta_path"),
        ("import sys; sys.path_hooks.clear()", "len(sys.path_hooks) > 1", "True", "sys.path_hooks"),
        ("import sys; sys.settrace(lambda *a: None)", "sys.gettrace()", "None", "sys.settrace"),
        ("import sys; sys.setprofile(lambda *a: None)", "sys.getprofile()", "None", "sys.setprofile"),
        (
            "import threading; threading.stack_size(1 << 18)",
            "m('threading').stack_size()",
            "0",
            "the stack size of threads",
        ),
        (
            "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])",
            "m('signal').pthread_sigmask(0, ())",
            "set()",
            "blocked signals",
        ),
        (
            "import signal; signal.setitimer(signal.ITIMER_PROF, 90)",
            "m('signal').getitimer(2)",
            "(0.0, 0.0)",
            "timers",
        ),
        (
            "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9, resource.RLIM_INFINITY))",
            "m('resource').getrlimit(1)[0]",
            "-1",
            "resource limits",
        ),
        (
            "import warnings; warnings.showwarning = print",
            "m('warnings').showwarning is print",
            "False",
            "how warnings are shown",
        ),
        ("import os; os.umask(0o777)", "m('os').umask(0) == 0o777", "False", "the umask"),
        ("import builtins; builtins.sorted = list", "sorted([2, 1])", "[1, 2]", "built-in names"),
        ("import gc; gc.disable()", "m('gc').isenabled()", "True", "the garbage collector"),
        ("import json; json.dumps = repr", "m('json').dumps({'a': None})", '{"a": null}', "json.dumps"),
        ("import time; time.time = float", "m('time').time() > 0", "True", "time.time"),
        (
            "import zlib; zlib.crc32 = zlib.adler32; import os; os.fsync = print",
            "(m('zlib').crc32(b'a'), m('os').fsync is print)",
            "(3904355907, False)",
            "os.fsync, zlib.crc32",
        ),
        (
            "import json; json.JSONEncoder.iterencode = lambda *_, **__: iter('x')",
            "''.join(m('json').JSONEncoder().iterencode([]))",
            "[]",
            "JSONEncoder.iterencode",
        ),
        (
            "import yaml; yaml.SafeLoader.add_constructor('tag:yaml.org,2002:str', lambda *_: 7)",
            "m('yaml').safe_load('a')",
            "a",
            "SafeLoader.yaml_constructors",
        ),
        (
            "import datetime\nclass datetime_(datetime.datetime): now = None\ndatetime.datetime = datetime_",
            "m('datetime').datetime.now is None",
            "False",
            "datetime.datetime",
        ),
        (
            "import socket; socket.setdefaulttimeout(1)",
            "m('socket').getdefaulttimeout()",
            "None",
            "the time limit of sockets",
        ),
        (
            "import decimal; decimal.getcontext().prec = 3",
            "m('decimal').getcontext().prec",
            "28",
            "the context of decimal",
        ),
        (
            "import multiprocessing as m; m.set_start_method('spawn')",
            "m('multiprocessing').get_start_method(True)",
            "None",
            "how processes are started",
        ),
        ("import numpy; numpy.seterr(all='raise')", "m('numpy').geterr()['over']", "warn", "numpy's errors"),
    ],
)
def test_a_change_at_import_is_put_back_and_told(
    tmp_path: Path, change: str, after: str, is_as_before: str, name: str
) -> None:
    found, said = imported(tmp_path, change, after)
    assert (found, said) == (is_as_before, TOLD.format(name))


@pytest.mark.parametrize(
    ("change", "after", "stays"),
    [
        (
            "import os; os.environ['TOKENIZERS_PARALLELISM'] = 'false'",
            "m('os').environ['TOKENIZERS_PARALLELISM']",
            "false",
        ),
        ("import sys; sys.path.append('/mine')", "sys.path[-1]", "/mine"),
        ("import warnings; warnings.filterwarnings('ignore', message='mine')", "m('warnings').filters[0][0]", "ignore"),
        ("import sys; sys.meta_path.insert(0, type(sys)('mine'))", "sys.meta_path[0].__name__", "mine"),
        (
            "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (r.getrlimit(r.RLIMIT_NOFILE)[1],) * 2)",
            "m('resource').getrlimit(7)[0] == m('resource').getrlimit(7)[1]",
            "True",
        ),
        ("import tempfile; tempfile.tempdir = '/nowhere'", "m('tempfile').gettempdir() == '/nowhere'", "False"),
        ("import random; random.seed(1)", "m('random').random() == m('random').Random(1).random()", "False"),
    ],
)
def test_what_a_library_needs_stays_and_is_not_told(tmp_path: Path, change: str, after: str, stays: str) -> None:
    assert imported(tmp_path, change, after, before="import random") == (stays, "")


@pytest.mark.parametrize("call", ["setuid(1)", "setgid(1)", "setsid()", "setpgid(0, 0)", "chroot('/')"])
def test_a_plugin_cannot_make_the_process_anothers(tmp_path: Path, call: str) -> None:
    found, said = imported(tmp_path, f"import os; os.{call}", "host.plugins")
    assert found == "[]"
    refused = f"PermissionError: os.{call.partition('(')[0]} changes the harness's own process for good"
    assert said == f"plugin changing (changing.py): cannot be imported: {refused}; call it in a child"


def test_a_child_of_a_plugin_may_lead_its_own_session(tmp_path: Path) -> None:
    change = "import os, subprocess, sys; subprocess.run([sys.executable, '-c', ''], preexec_fn=os.setsid, check=True)"
    assert imported(tmp_path, change, "'ended'") == ("ended", "")


def test_a_plugin_that_raises_after_a_change_is_put_back_too(tmp_path: Path) -> None:
    found, said = imported(tmp_path, "import os; os.chdir('/'); 1 / 0", "pathlib.Path.cwd() != pathlib.Path('/')")
    assert found == "True"
    assert "cannot be imported: ZeroDivisionError" in said
    assert TOLD.format("the current folder") in said


def test_a_thread_that_keeps_the_command_from_ending_is_named(tmp_path: Path) -> None:
    change = """
        import threading, time
        threading.Thread(target=time.sleep, args=(0.5,), name="sync").start()
        threading.Thread(target=time.sleep, args=(0.5,), daemon=True).start()
    """
    _, said = imported(tmp_path, textwrap.dedent(change), "1")
    assert said == (
        "plugin changing (changing.py): leaves the thread 'sync' running, which keeps the command from ending; "
        "make it a daemon"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "after", "is_as_before", "name"),
    [
        ("set_grad_enabled(False)", "is_grad_enabled()", "True", "torch's gradients"),
        ("set_default_dtype(torch.float64)", "get_default_dtype()", "torch.float32", "torch's default dtype"),
        (
            "use_deterministic_algorithms(True)",
            "are_deterministic_algorithms_enabled()",
            "False",
            "torch's deterministic algorithms",
        ),
    ],
)
@pytest.mark.parametrize("before", ["", "import torch"])
def test_torch_is_as_before_whoever_imported_it(
    tmp_path: Path, change: str, after: str, is_as_before: str, name: str, before: str
) -> None:
    pytest.importorskip("torch")
    found, said = imported(tmp_path, f"import torch; torch.{change}", f"m('torch').{after}", before)
    assert (found, said) == (is_as_before, TOLD.format(name))
