"""Finds Java and Synthea, and fetches Synthea through Maven into the user's cache."""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from sim.errors import HilabError

VERSION = "3.3.0"
"""The newest version that Maven offers (November 2026), and the one that we try."""

VERSIONS = ("3.2.0", "3.3.0")
"""Versions that run as Maven delivers them; 2.7.0, 3.0.0 and 3.1.0 stop for want of a class."""

JAVA = 17
"""The oldest Java that runs Synthea 3."""

FETCHING = 900.0
"""Seconds that a download through Maven may take."""

_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>hilab</groupId><artifactId>synthea-run</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.mitre.synthea</groupId><artifactId>synthea</artifactId><version>{version}</version>
    </dependency>
  </dependencies>
</project>
"""
_EMBEDDED = "The embedded engine needs none of this: hilab generate {n} --out DIR."


@dataclass(frozen=True, slots=True)
class Program:
    """How Synthea is started.

    Attributes:
        java: The Java executable.
        jars: Where its classes and modules are: one jar, or a folder of jars.
        version: Its version, or "" when a jar does not say.
    """

    java: Path
    jars: Path
    version: str

    def command(self, memory: str) -> list[str]:
        """Returns the command line without Synthea's own options.

        Args:
            memory: Largest heap, for example "2g".
        """
        classes = str(self.jars / "*") if self.jars.is_dir() else str(self.jars)
        return [str(self.java), f"-Xmx{memory}", "-cp", classes, "App"]


def find_program(jar: Path | None = None, version: str | None = None) -> Program:
    """Finds everything that running Synthea takes.

    Args:
        jar: A jar of Synthea with all it needs. Without it: the environment variable SYNTHEA_JAR, or
            else `version` through Maven, from the user's cache when it was fetched before.
        version: One of `VERSIONS`; the newest by default.

    Raises:
        HilabError: If Java, the jar or Maven is missing or too old; one sentence says what to do.
    """
    java = find_java()
    named = jar or _from_environment()
    if named is not None:
        return Program(java, named, _check_jar(named))
    wanted = version or VERSION
    if wanted not in VERSIONS:
        raise HilabError(f"Synthea {wanted}: expected one of the versions {', '.join(VERSIONS)}.")
    return Program(java, fetch(wanted), wanted)


def find_java() -> Path:
    """Finds a Java that is new enough: JAVA_HOME first, then the PATH.

    Raises:
        HilabError: If there is none.
    """
    home = os.environ.get("JAVA_HOME")
    places = [Path(home, "bin", "java")] if home else []
    found = shutil.which("java")
    places += [Path(found)] if found else []
    for java in places:
        if java.is_file() and java_version(java) >= JAVA:
            return java
    older = f" (found an older one: {places[0]})" if places else ""
    raise HilabError(
        f"Synthea needs Java {JAVA} or newer, which is not here{older}; "
        f"install it, for example with: apt-get install openjdk-17-jre-headless. {_EMBEDDED.format(n=1000)}"
    )


def java_version(java: Path) -> int:
    """Returns the major version of a Java, or 0 when it does not say.

    Args:
        java: The executable.
    """
    try:
        said = subprocess.run(
            [str(java), "-version"], capture_output=True, text=True, encoding="utf-8", timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    return int(found[1]) if found else 0


def fetch(version: str) -> Path:
    """Returns the folder of jars of a version, fetched through Maven when it is not in the cache.

    Args:
        version: One of `VERSIONS`.

    Raises:
        HilabError: If Maven is missing or fails.
    """
    folder = cache() / version
    if (folder / f"synthea-{version}.jar").is_file():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise HilabError(
            f"Synthea {version} is fetched with Maven, which is not here; install it, for example with: "
            "apt-get install maven, or name a jar with --jar or SYNTHEA_JAR. " + _EMBEDDED.format(n=1000)
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{version}-") as scratch:
        jars = _copy_jars(Path(maven), Path(scratch), version)
        if not (jars / f"synthea-{version}.jar").is_file():
            raise HilabError(f"Maven fetched no synthea-{version}.jar.")
        if not folder.exists():
            jars.replace(folder)
    return folder


def _copy_jars(maven: Path, scratch: Path, version: str) -> Path:
    """Lets Maven copy Synthea and all it needs into a folder of its own."""
    (scratch / "pom.xml").write_text(_POM.format(version=version), encoding="utf-8")
    jars = scratch / "jars"
    command = [str(maven), "--batch-mode", "--quiet", "dependency:copy-dependencies"]
    command += [f"-DoutputDirectory={jars}", "-DincludeScope=runtime"]
    log = cache() / f"maven-{version}.log"
    try:
        with log.open("w", encoding="utf-8") as said:
            done = subprocess.run(
                command, cwd=scratch, stdout=said, stderr=said, timeout=FETCHING, check=False
            )
    except subprocess.TimeoutExpired:
        raise HilabError(
            f"Maven took longer than {FETCHING:.0f} seconds; what it said is in {log}."
        ) from None
    if done.returncode:
        raise HilabError(f"Maven could not fetch Synthea {version}; what it said is in {log}.")
    return jars


def cache() -> Path:
    """Returns the folder in the user's cache where versions of Synthea lie."""
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(home) / "hilab" / "synthea"


def _from_environment() -> Path | None:
    named = os.environ.get("SYNTHEA_JAR")
    return Path(named) if named else None


def _check_jar(jar: Path) -> str:
    """Makes sure that a jar holds Synthea; returns its version if it tells one."""
    try:
        with ZipFile(jar) as archive:
            if "App.class" not in archive.namelist():
                raise HilabError(f"{jar}: expected a jar of Synthea, found one without its program (App).")
            told = "version.txt" in archive.namelist()
            return archive.read("version.txt").decode("utf-8", errors="replace").strip() if told else ""
    except (OSError, BadZipFile) as error:
        raise HilabError(f"{jar}: expected a jar of Synthea ({error}).") from None
