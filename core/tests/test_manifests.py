"""What is wrong with the Kubernetes manifests is found without a cluster, and named."""

import json
import re
import shutil
from pathlib import Path

import pytest

from scripts.manifests import kustomize, plain
from scripts.manifests.check import FOLDER, OVERLAYS, problems
from scripts.manifests.manifest import Manifest, UnreadableError, title, values

HASH = re.compile(r"(?<=settings|postgres)-[a-z0-9]{10}\b|(?<=commonplace)-[a-z0-9]{10}\b")


@pytest.fixture
def no_kustomize(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kustomize.program() is None


@pytest.fixture
def folder(tmp_path: Path, no_kustomize: None) -> Path:
    """Ours, to be broken. What is wrong is said in our own words, whatever this machine has."""
    return Path(shutil.copytree(FOLDER, tmp_path / "kubernetes"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text, f"{file} does not have {old!r}"
    file.write_text(text.replace(old, new, 1))


def test_ours_fit_together() -> None:
    assert problems(FOLDER) == []


@pytest.mark.usefixtures("no_kustomize")
def test_they_fit_together_where_there_is_no_kustomize() -> None:
    assert problems(FOLDER) == []


# Not among the services that a run may demand: no package of Debian has it. GitHub's machines do.
@pytest.mark.skipif(kustomize.program() is None, reason="kustomize is not on this machine")
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_we_make_of_them_is_what_kustomize_makes(overlay: str) -> None:
    command = kustomize.program()
    assert command is not None
    assert sheet(plain.build(FOLDER / overlay)) == sheet(kustomize.by_program(command, FOLDER / overlay))


def sheet(manifests: list[Manifest]) -> str:
    """All of them, with names that do not depend on what is in them, and what is in a Secret as it was written."""
    plainly = [{**manifest, "data": values(manifest)} for manifest in sorted(manifests, key=title)]
    return HASH.sub("", json.dumps(plainly, indent=1, sort_keys=True))


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("base/web.yaml", "minReadySeconds", "minReadySecond", "local: Deployment/web is not valid in Kubernetes"),
        ("base/web.yaml", 'cpu: "1"', "cpu: []", "production: Deployment/web is not valid in Kubernetes"),
        ("base/web.yaml", "apps/v1", "apps/v0", "Deployment/web is not known in Kubernetes"),
        ("base/pod.yaml", "name: settings", "name: setings", "Job/migrate: there is no ConfigMap setings"),
        ("base/web.yaml", "key: SITE_HOST", "key: SITE_HOSTS", "has no SITE_HOSTS"),
        ("base/migrate.yaml", "key: REDIS_URL", "key: REDIS", "Job/migrate: the Secret commonplace has no REDIS"),
        ("production/secret.env.example", "\nSECRET_KEY=", "\n", "the Secret commonplace has no SECRET_KEY"),
        (
            "local/postgres.yaml",
            "name: postgres\n                  key",
            "name: pg\n                  key",
            "no Secret pg",
        ),
        ("base/pod.yaml", "serviceAccountName: common", "serviceAccountName: un", "there is no ServiceAccount unplace"),
        (
            "base/pod.yaml",
            "- name: tmp\n          emptyDir",
            "- name: temp\n          emptyDir",
            "there is no volume tmp",
        ),
        (
            "base/web.yaml",
            "port: http\n            periodSeconds: 5",
            "port: web\n            periodSeconds: 5",
            "asks port web",
        ),
        (
            "base/worker.yaml",
            "matchLabels: *labels",
            "matchLabels: {a: b}",
            "worker: its selector does not match its own",
        ),
        (
            "base/web.yaml",
            "matchLabels: *labels\n        - top",
            "matchLabels: {a: b}\n        - top",
            "does not count its own",
        ),
        ("base/web.yaml", "targetPort: http", "targetPort: https", "Service/web: Deployment/web has no port https"),
        ("local/redis.yaml", "selector:\n    app", "selector:\n    pap", "Service/redis: its selector matches no pod"),
        (
            "production/ingress.yaml",
            "name: web\n                port",
            "name: app\n                port",
            "no Service app",
        ),
        ("production/ingress.yaml", "name: http", "name: https", "the Service web has no port https"),
        ("production/ingress.yaml", "hosts: [notes", "hosts: [other", "there is no certificate for notes.example.org"),
        ("production/ingress.yaml", "cert-manager.io", "example.org", "nobody makes the Secret commonplace-tls"),
        (
            "production/autoscaling.yaml",
            "kind: Deployment\n    name: web",
            "kind: Deployment\n    name: app",
            "Deployment app",
        ),
        ("base/web.yaml", "spec:\n  selector", "spec:\n  replicas: 3\n  selector", "would be set back to it"),
        (
            "base/web.yaml",
            "maxUnavailable: 1\n  selector:\n    matchLabels: *labels",
            "selector: {matchLabels: {a: b}}",
            "Budget/web: its sel",
        ),
        (
            "local/network.yaml",
            "app.kubernetes.io/name: redis",
            "app.kubernetes.io/name: valkey",
            "it names pods that there are not",
        ),
        ("local/network.yaml", "port: postgres", "port: 5433", "StatefulSet/postgres has no port 5433"),
        (
            "production/network.yaml",
            "component: web",
            "component: app",
            "NetworkPolicy/visitors: its selector matches no pod",
        ),
    ],
)
def test_what_does_not_fit_is_named(folder: Path, file: str, old: str, new: str, sentence: str) -> None:
    change(folder / file, old, new)
    assert sentence in "\n".join(problems(folder))


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "production/kustomization.yaml",
            "OPEN_SIGNUP",
            "OPEN_SIGN_UP",
            "a ConfigMap has OPEN_SIGN_UP, which docs/set",
        ),
        (
            "production/secret.env.example",
            "EMAIL_URL",
            "MAIL_URL",
            "the Secret commonplace has MAIL_URL, which docs/set",
        ),
        (
            "production/kustomization.yaml",
            "OPEN_SIGNUP",
            "WEB_MEMORY",
            "a ConfigMap has WEB_MEMORY, which docs/settings",
        ),
        ("base/web.yaml", "- name: ALLOWED_HOSTS", "- name: HOSTS", "Deployment/web: HOSTS is no setting"),
        ("base/web.yaml", "$(POD_IP)", "$(POD_ADDRESS)", "ALLOWED_HOSTS uses POD_ADDRESS, which is not set before"),
        (
            "base/migrated.yaml",
            "- name: DATABASE_URL",
            "- name: PORT",
            "Deployment/beat: it would start without DATABASE_URL",
        ),
        ("production/kustomization.yaml", "SITE_HOST=", "SITE_HOST=www.", "SITE_HOST is not the host of SITE_URL"),
        ("production/ingress.yaml", "host: notes", "host: www.notes", "is for www.notes.example.org, and SITE_URL for"),
        (
            "local/kustomization.yaml",
            "@postgres:5432",
            "@database:5432",
            "DATABASE_URL leads to database, and there is no",
        ),
        ("local/kustomization.yaml", "redis:6379", "redis:6380", "REDIS_URL leads to port 6380"),
        ("production/kustomization.yaml", "newTag: 0.1.0", "newTag: latest", "is another image every day"),
        ("base/migrated.yaml", "image: commonplace", "image: other:1", "our pods run different images"),
        ("local/redis.yaml", "redis:8", "redis:7", "redis:7 is not what docker-compose.yml has"),
        ("base/pod.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "Deployment/web: it may run as root"),
        ("base/pod.yaml", "RuntimeDefault", "Unconfined", "it may ask the kernel for anything"),
        ("base/pod.yaml", "ServiceAccountToken: false", "ServiceAccountToken: true", "it is given a token"),
        (
            "base/pod.yaml",
            "readOnlyRootFilesystem: true",
            "readOnlyRootFilesystem: false",
            "app may write into its image",
        ),
        ("base/migrated.yaml", "drop: [ALL]", "drop: [NET_RAW]", "migrated may become more than it is"),
        ("base/worker.yaml", "memory: 1Gi", "hugepages-2Mi: 1Gi", "app does not say how much it needs"),
        ("base/beat.yaml", "replicas: 1", "replicas: 2", "Deployment/beat: there must be exactly one beat"),
        ("base/beat.yaml", "type: Recreate", "type: RollingUpdate", "an update would have two beats"),
        ("base/web.yaml", "startupProbe:", "x: &x", "there is no startupProbe"),
        ("base/web.yaml", "seconds: 15", "seconds: 40", "it is killed before it has stored what it holds"),
        (
            "production/kustomization.yaml",
            "- SITE_URL=",
            "- NOTICE_SECONDS=30\n      - SITE_URL=",
            "Deployment/web: it is killed before it has stored what it holds",
        ),
        ("base/web.yaml", "maxUnavailable: 0", "maxUnavailable: 1", "maxUnavailable must be 0"),
    ],
)
def test_what_this_house_does_not_take_is_named(folder: Path, file: str, old: str, new: str, sentence: str) -> None:
    change(folder / file, old, new)
    assert sentence in "\n".join(problems(folder))


def test_a_secret_in_the_open_is_named(folder: Path) -> None:
    kustomization = folder / "production" / "kustomization.yaml"
    kustomization.write_text(f"{kustomization.read_text()}secretGenerator: [{{name: mine, literals: [A=b]}}]\n")
    assert "production: Secret/mine is in the open; it is made by hand here" in problems(folder)


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / "base" / "beat.yaml").unlink()
    assert problems(folder) == ["base/kustomization.yaml names beat.yaml, which does not exist"]


def test_a_file_that_nobody_names_is_named(folder: Path) -> None:
    shutil.copy(folder / "base" / "beat.yaml", folder / "base" / "other.yaml")
    assert problems(folder) == ["base/other.yaml is named by no kustomization, so that it would do nothing"]


def test_what_is_not_yaml_is_named(folder: Path) -> None:
    change(folder / "local" / "redis.yaml", "spec:", "spec: :")
    assert [sentence.split(":")[:2] for sentence in problems(folder)] == [["local", " redis.yaml is not YAML"]]


def test_what_is_said_twice_is_named(folder: Path) -> None:
    change(folder / "local" / "redis.yaml", "replicas: 1", "replicas: 1\n  replicas: 2")
    (sentence,) = problems(folder)
    assert "redis.yaml" in sentence
    assert "replicas is said twice" in sentence


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ("namePrefix: my-\n", "`namePrefix`"),
        ("commonAnnotations: {a: b}\n", "`commonAnnotations`"),
        ("patches: [{patch: '{}'}]\n", "`patch` of patches"),
        ("secretGenerator: [{name: a, envs: [b]}]\n", "`envs` of Secrets"),
    ],
)
def test_what_only_kustomize_knows_is_not_guessed(folder: Path, more: str, word: str) -> None:
    kustomization = folder / "production" / "kustomization.yaml"
    kustomization.write_text(kustomization.read_text() + more)
    with pytest.raises(UnreadableError, match=f"{word} .*with kustomize on the PATH"):
        plain.build(folder / "production")
