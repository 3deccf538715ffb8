"""load: many calls at a time against one server, and what they cost: for the benchmarks that need it.

Measured in a window in which all calls are up: the scheduler's own count of nanoseconds on a CPU (/proc/PID/schedstat), by
kind of process; PSS; and what as-dial sees on the wire.
"""

import collections
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
SOUNDS = pathlib.Path("/usr/share/asterisk/sounds/en_US_f_Allison")
CPS = 20
SETTLE_S = 2
LATE_MS = 5
OUR_KINDS = ("as-answer", "sh", "as-listen", "vad", "stt", "agent", "tts", "as-speak")


class Server:
  """A server in a session of its own, by which all its processes are found."""

  def __init__(self, folder, command, env):
    self.beside = {}  # name: process
    self.folder = folder
    self.log = open(folder / "log", "wb")
    self.process = subprocess.Popen(command, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stderr=self.log,
                                    stdout=subprocess.PIPE, start_new_session=True, cwd=TOP)
    line = self.process.stdout.readline()
    if not line:
      raise SystemExit(f"bench: cannot start '{command[0]}': {(folder / 'log').read_text()}")
    self.port = int(line)

  def processes(self):
    """{pid: name} of all but the super-server."""
    found = {}
    for entry in os.listdir("/proc"):
      if entry.isdigit():
        with contextlib.suppress(OSError):
          name, _, fields = pathlib.Path(f"/proc/{entry}/stat").read_text().partition("(")[2].rpartition(") ")
          fields = fields.split()
          if int(fields[3]) == self.process.pid and fields[0] != "Z" and name != "tcpserver":
            found[int(entry)] = name
    return found

  def stop(self):
    self.process.terminate()
    self.process.wait()
    patience = time.monotonic() + 30
    while left := self.processes():
      if time.monotonic() > patience:
        print(f"bench: still there after 30 s: {sorted(set(left.values()))}", file=sys.stderr)
        for pid in left:
          with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
        patience += 5
      time.sleep(0.1)
    for process in self.beside.values():
      process.terminate()
      process.wait()
      process.stdout.close()
    self.process.stdout.close()
    self.log.close()


def cpu_ns(pids):
  """{pid: nanoseconds on a CPU}."""
  used = {}
  for pid in pids:
    with contextlib.suppress(OSError):
      used[pid] = int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0])
  return used


def pss_bytes(pids):
  """{pid: bytes of memory, what is shared in equal parts}."""
  used = {}
  for pid in pids:
    with contextlib.suppress(OSError):
      for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
          used[pid] = int(line.split()[1]) * 1024
  return used


def super_server(folder, calls, command, env):
  """tcpserver on a port of its own, with a call for each connection."""
  return Server(folder, ["tcpserver", "-1", "-q", "-H", "-R", "-D", "-l", "localhost", "-c", str(calls + 10), "-b", "1024",
                         "127.0.0.1", "0", *command], env)


def measure(make_server, calls, seconds, script, judge=None):
  """All figures of one server at so many calls: {figure: value}. script: of as-dial, for a call of so many seconds. judge:
  what else there is to tell, of the spool and of what as-dial has said. What a server needs that is not its own
  (server.beside) is counted beside it."""
  folder = pathlib.Path(tempfile.mkdtemp(prefix="bench.", dir=TOP / "build"))
  with contextlib.ExitStack() as cleanup:
    cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
    server = make_server(folder, calls)
    cleanup.callback(server.stop)
    ramp = calls / CPS
    length = ramp + SETTLE_S + seconds + SETTLE_S
    dial = subprocess.Popen(["as-dial", "--calls", str(calls), "--cps", str(CPS), "-e", script(length),
                             f"127.0.0.1:{server.port}"], stdout=subprocess.PIPE, text=True, cwd=TOP)
    cleanup.callback(dial.kill)
    time.sleep(ramp + SETTLE_S)
    names = server.processes()
    beside = {"dial": dial.pid, **{name: process.pid for name, process in server.beside.items()}}
    beside_before = cpu_ns(beside.values())
    before, start = cpu_ns(names), time.monotonic()
    time.sleep(seconds)
    after, window = cpu_ns(names), time.monotonic() - start
    beside_after = cpu_ns(beside.values())
    pss = pss_bytes(names)
    out = dial.communicate(timeout=ramp + length + 180)[0]
    judged = judge(folder / "spool", out) if judge else {}

  by_kind, by_kind_pss = collections.Counter(), collections.Counter()
  for pid in after.keys() & before.keys():
    by_kind[names[pid]] += (after[pid] - before[pid]) / 1e6 / window / calls
  for pid, size in pss.items():
    by_kind_pss[names[pid]] += size / calls / 1e6
  result = {"cpu_ms_per_call_second": sum(by_kind.values())}
  for kind in OUR_KINDS:
    if kind in by_kind:
      result[f"cpu_ms_per_call_second_{kind.replace('-', '_')}"] = by_kind[kind]
  result["pss_mb_per_call"] = sum(by_kind_pss.values())
  for name, pid in beside.items():
    result[f"{name}_cpu_ms"] = (beside_after.get(pid, 0) - beside_before.get(pid, 0)) / 1e6 / window / calls
  return {**result, "memory_by_kind": by_kind_pss, **wire(out, calls), **judged}


def percentiles(name, values):
  values = sorted(values)
  return {f"{name}_p50_ms": values[len(values) // 2], f"{name}_p99_ms": values[len(values) * 99 // 100]} if values else {}


def wire(out, calls):
  """What as-dial saw: its last line is the summary of all calls."""
  report = json.loads((out.splitlines() or ["{}"])[-1])
  wanted = ("frames", "frames_due", "late_p50_ms", "late_p99_ms", "late_max_ms", "lead_max_ms", "first_audible_p50_ms",
            "first_audible_p99_ms", "failed", "bursts")
  missing = [key for key in wanted if report.get(key) is None]
  if missing or report["calls"] != calls or not report["frames_due"]:
    raise SystemExit(f"bench: no figure for {', '.join(missing) or 'all calls'} in what as-dial says: {report}")
  return {
    "frames_percent": 100 * report["frames"] / report["frames_due"],
    "late_p50_ms": report["late_p50_ms"],
    "late_p99_ms": report["late_p99_ms"],
    "late_max_ms": report["late_max_ms"],
    "lead_max_ms": report["lead_max_ms"],
    "first_audible_p50_ms": report["first_audible_p50_ms"],
    "first_audible_p99_ms": report["first_audible_p99_ms"],
    "calls_failed": report["failed"],
    "bursts": report["bursts"],
  }
