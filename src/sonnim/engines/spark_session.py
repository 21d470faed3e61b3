"""Starts a Spark session of our own: quiet, in UTC, with workers that can import Sonnim."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sonnim.engines.base import THREADS_VARIABLE
from sonnim.engines.spark_sql import SESSION_SETTINGS
from sonnim.tables.errors import StopError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# PySpark's own logger repeats failed statements with their values on standard error.
_QUERY_LOGGERS = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")

# At level warn, as the shell expects (another level makes it say so), but written nowhere.
_LOG4J = """\
rootLogger.level = warn
rootLogger.appenderRef.nothing.ref = nothing
appender.nothing.type = Null
appender.nothing.name = nothing
"""


def need_spark() -> None:
    """Checks that PySpark, pyarrow, pandas and Java are there.

    Raises:
        StopError: One is not; the error says how to install it.
    """
    for package in ("pyspark", "pyarrow", "pandas"):
        if find_spec(package) is None:
            raise StopError("spark_absent", package=package)
    if not has_java():
        raise StopError("java_absent")


def has_java() -> bool:
    """Whether a Java runtime is on the path or under `JAVA_HOME`."""
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").exists():
        return True
    return shutil.which("java") is not None


def quiet_query_logs() -> None:
    """Silences PySpark's loggers that would write customers' values to standard error."""
    for name in _QUERY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def start_session(
    master: str, memory: str, settings: Sequence[tuple[str, str]]
) -> tuple[SparkSession, Path]:
    """A new Spark session and the temporary folder that it needs until it stops.

    Raises:
        StopError: Something is not installed, or Spark did not start.
    """
    need_spark()
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    folder = Path(tempfile.mkdtemp(prefix="sonnim-spark-"))
    builder = SparkSession.builder.appName("sonnim").master(master)
    for name, value in (*_settings(master, memory, folder), *SESSION_SETTINGS, *settings):
        builder = builder.config(name, value)
    try:
        with _utf8_paths():
            session = builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StopError("spark_not_started", master=master, reason=str(error)) from error
    session.sparkContext.setLogLevel("OFF")
    return session, folder


def running_session() -> SparkSession | None:
    """The Spark that this process runs already, or None."""
    if find_spec("pyspark") is None:
        return None
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    # The process has one context; which session is active is known for each thread only.
    context = SparkContext._active_spark_context
    if context is None or context._jsc is None:
        return None
    return SparkSession.getActiveSession() or SparkSession(context)


@contextmanager
def _utf8_paths() -> Iterator[None]:
    # Java takes the encoding of file names from the locale when it starts; in the "C" locale of
    # many containers it could not open a folder with a Korean name.
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    before = {name: os.environ.get(name) for name in names}
    effective = next((value for name in names if (value := before[name])), "")
    if "utf" not in effective.lower() and sys.platform == "linux":
        os.environ["LC_ALL"] = "C.UTF-8"
    try:
        yield
    finally:
        if before["LC_ALL"] is None:
            os.environ.pop("LC_ALL", None)
        else:
            os.environ["LC_ALL"] = before["LC_ALL"]


def _settings(master: str, memory: str, folder: Path) -> list[tuple[str, str]]:
    log4j = folder / "log4j2.properties"
    log4j.write_text(_LOG4J, encoding="utf-8")
    found = [
        ("spark.ui.enabled", "false"),
        ("spark.ui.showConsoleProgress", "false"),
        ("spark.driver.memory", memory),
        ("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={log4j.as_uri()}"),
        ("spark.sql.warehouse.dir", (folder / "warehouse").as_uri()),
        # There is a Python worker for each core.
        (f"spark.executorEnv.{THREADS_VARIABLE}", "1"),
        # `fetch` hands over whole answers; the driver's memory is the limit.
        ("spark.driver.maxResultSize", "0"),
    ]
    if master.startswith("local"):
        # Without it local-cluster binds to a host name that may not resolve, and dies (MEASURED).
        os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
        # Workers must run this interpreter and see the same packages.
        os.environ["PYSPARK_PYTHON"] = sys.executable
        found += [
            ("spark.driver.host", "127.0.0.1"),
            ("spark.driver.bindAddress", "127.0.0.1"),
            ("spark.executorEnv.PYTHONPATH", os.pathsep.join(p for p in sys.path if p)),
            ("spark.sql.shuffle.partitions", str(max(2, os.cpu_count() or 2))),
        ]
    return found
