"""Several processes count together, also those that died, without leaving ever more behind."""

import os
import subprocess
import sys
from pathlib import Path

COUNT = """
import os, sys
from fulfilment import metrics
metrics.MAILS.labels("sent").inc()
if os.fork() == 0:
    metrics.MAILS.labels("sent").inc()
    os._exit(0)
os.wait()
total = [s.value for m in metrics.counted().collect() for s in m.samples if s.name == "fulfilment_mails_total"]
print(metrics.seat(), total)
"""


def counting(folder: Path) -> str:
    env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)}
    return subprocess.run([sys.executable, "-c", COUNT], env=env, capture_output=True, text=True, check=True).stdout


def test_processes_count_together_and_who_comes_after_a_dead_one_counts_on(tmp_path: Path) -> None:
    assert counting(tmp_path) == "0 [2.0]\n"
    assert counting(tmp_path) == "0 [4.0]\n"
    assert sorted(path.name for path in tmp_path.glob("counter_*.db")) == ["counter_0.db", "counter_1.db"]
