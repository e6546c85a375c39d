"""
Check what is installed: C{packaging.py CHECKOUT FOLDER}.

The wheel, the sdist and an editable checkout each go into a virtual environment
of their own.  From another folder, C{twistd} must know C{pbcopy}, the typing
marker must be there, and after an uninstall C{twistd} must still work.
"""

import pathlib
import subprocess
import sys
import tarfile
import venv
import zipfile

FUZZ = ("fuzz/__main__.py", "fuzz/corpus/ids-that-are-lists.txt")
"""What the sdist has, and the wheel has not."""


def run(*command: object, cwd: pathlib.Path) -> str:
    """
    Run a command, and give what it printed.
    """
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def check(kind: str, requirement: list[object], folder: pathlib.Path) -> None:
    """
    Install one kind of package, look at it from elsewhere, and uninstall it.
    """
    place = folder / kind
    elsewhere = place / "elsewhere"
    venv.create(place, with_pip=True, clear=True)
    elsewhere.mkdir()
    bin = place / "bin"
    run(bin / "pip", "install", "-q", *requirement, cwd=elsewhere)
    helped = run(bin / "twistd", "--help", cwd=elsewhere)
    assert "pbcopy" in helped, f"{kind}: twistd does not know pbcopy"
    run(bin / "twistd", "pbcopy", "--help", cwd=elsewhere)
    find = "import pbcopy, os; print(os.path.dirname(pbcopy.__file__))"
    package = pathlib.Path(run(bin / "python", "-c", find, cwd=elsewhere).strip())
    assert (package / "py.typed").exists(), f"{kind}: py.typed is missing"
    run(bin / "pip", "uninstall", "-q", "-y", "pbcopy", cwd=elsewhere)
    helped = run(bin / "twistd", "--help", cwd=elsewhere)
    assert "pbcopy" not in helped, f"{kind}: twistd still knows pbcopy"
    assert " web " in helped, f"{kind}: uninstalling broke twistd"
    print(f"{kind}: the plugin is seen from another folder, and goes again")


def checkContents(wheel: pathlib.Path, sdist: pathlib.Path) -> None:
    """
    Check which files the archives have.
    """
    names = zipfile.ZipFile(wheel).namelist()
    assert "twisted/plugins/pbcopy_plugin.py" in names, names
    assert "twisted/plugins/__init__.py" not in names, names
    assert not [name for name in names if name.startswith("fuzz")], names
    with tarfile.open(sdist) as archive:
        names = [name.split("/", 1)[-1] for name in archive.getnames()]
    for name in ("LICENSE", "README.rst", "tox.ini", "doc/howto/index.rst", *FUZZ):
        assert name in names, f"the sdist has no {name}"
    assert not [name for name in names if name.endswith("dropin.cache")], names
    print("the wheel and the sdist have what they should")


def main(checkout: str, temporary: str) -> None:
    """
    Build everything, and check it.
    """
    folder = pathlib.Path(temporary)
    source, dist = folder / "source", folder / "dist"
    # A clean copy: what lies about in the checkout must not get in.
    run("git", "clone", "-q", checkout, source, cwd=folder)
    run(sys.executable, "-m", "build", "-o", dist, source, cwd=folder)
    (wheel,) = dist.glob("*.whl")
    (sdist,) = dist.glob("*.tar.gz")
    checkContents(wheel, sdist)
    check("wheel", [wheel], folder)
    check("sdist", [sdist], folder)
    check("editable", ["-e", source], folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
