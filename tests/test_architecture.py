"""Rules about the code itself, kept by tests so that nobody has to remember them."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FACES = {"desk", "portal", "api", "admin", "bench", "migrations"}
# A channel brings its own pages; nothing else in the domain knows a request.
PAGES_OF_CHANNELS = {"views", "limits"}
HTTP = ("django.http", "django.shortcuts", "django.views", "django.contrib.messages")


def modules() -> list[Path]:
    found = [*ROOT.glob("tickets/**/*.py"), *ROOT.glob("customers/**/*.py")]
    return sorted(module for module in found if "migrations" not in module.parts)


def domain_modules() -> list[Path]:
    return [
        module
        for module in modules()
        if not FACES & {*module.relative_to(ROOT).parts, module.stem}
        and not ("channels" in module.parts and module.stem in PAGES_OF_CHANNELS)
    ]


@pytest.mark.parametrize("module", domain_modules(), ids=lambda m: str(m.relative_to(ROOT)))
def test_the_domain_knows_no_http(module: Path) -> None:
    nodes = list(ast.walk(ast.parse(module.read_text())))
    imported = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    imported += [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]

    assert not [name for name in imported if name.startswith(HTTP)]


def all_modules() -> list[Path]:
    return sorted([*modules(), *ROOT.glob("helpdesk/**/*.py"), *ROOT.glob("tests/**/*.py")])


@pytest.mark.parametrize("module", all_modules(), ids=lambda m: str(m.relative_to(ROOT)))
def test_no_module_outgrows_a_reader(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= 300
