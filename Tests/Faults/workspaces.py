# SPDX-License-Identifier: EUPL-1.2
"""Workspaces for trials with faults: how they begin, and what they have come to."""
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INBOUND = ROOT / "examples" / "inbound"
FIRST_RUN = "2026-03-05T12:00:00Z"
# Entries that failed rest until then.
LATER_RUN = "2026-03-05T14:00:00Z"

# What each message is there for stands in examples/README.md: late replies, copies, waiting and faulty ones.
PLAIN = ["01", "02", "03", "15", "16", "19", "36", "37", "41", "43", "48"]
WITH_PARTS = ["07", "15", "16", "19", "37", "43"]

CONFIGURATION = """\
institutions: [EE:SKA001, EE:MTA001]
incompleteAfter: 0s
inbound: {{name: ap, path: in/ap, layout: {layout}, settled: 0s{inbound}}}
outbound:
{outbound}
routes:
  - {{name: sent, direction: sent, to: away}}
  - {{name: other, to: inside}}
"""


class Message:
    """One message of the examples with its attachments."""

    def __init__(self, path):
        self.stem = path.stem
        self.bytes = path.read_bytes()
        folder = path.with_suffix(".attachments")
        self.attachments = (
            [(file.name, file.read_bytes()) for file in sorted(folder.iterdir())] if folder.is_dir() else []
        )


def messages(numbers):
    return [Message(path) for path in sorted(INBOUND.glob("*.xml")) if path.name[:2] in numbers]


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def party(message, role):
    found = re.search(rb"<sbdh:%s>.*?<sbdh:Identifier[^>]*>([^<]+)" % role, message.bytes, re.S)
    return found.group(1).decode() if found else "XX:NONE"


def parts_of(message, sed):
    """Name, identifier and bytes of each file of a message."""
    return [(sed, "DefaultSED", message.bytes)] + [
        (f"{message.stem[:2]}-{name}", Path(name).stem, content) for name, content in message.attachments
    ]


def write_plain(place, message):
    for name, content in message.attachments:
        write(place / f"{message.stem}.attachments" / name, content)
    write(place / f"{message.stem}.xml", message.bytes)


def write_domibus(place, message):
    home = place / "EE_MTA001" / message.stem
    parts = parts_of(message, "sed.xml")
    infos = "".join(
        f'<PartInfo href="cid:{part}"><PartProperties><Property name="PayloadName">{file}</Property>'
        f'<Property name="PartType">{"SED" if part == "DefaultSED" else "Attachment"}</Property>'
        "</PartProperties></PartInfo>"
        for file, part, _ in parts
    )
    write(
        home / "metadata.xml",
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<UserMessage xmlns="http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/">'
        f"<MessageInfo><MessageId>{message.stem[:2]}@ap.example</MessageId></MessageInfo>"
        f'<PartyInfo><From><PartyId>{party(message, b"Sender")}</PartyId><Role>r</Role></From>'
        f'<To><PartyId>{party(message, b"Receiver")}</PartyId><Role>r</Role></To></PartyInfo>'
        "<CollaborationInfo><Service>BusinessMessaging</Service><Action>Send</Action>"
        "<ConversationId>c</ConversationId></CollaborationInfo>"
        f"<PayloadInfo>{infos}</PayloadInfo></UserMessage>",
    )
    for file, _, content in parts:
        write(home / file, content)


def write_holodeck(place, message):
    parts = parts_of(message, f"pl-{message.stem[:2]}-DefaultSED.xml")
    infos = "".join(
        f'<PartInfo containment="attachment" uri="{part}" mimeType="x/y" location="/opt/msg_in/{file}"/>'
        for file, part, _ in parts
    )
    for file, _, content in parts:
        write(place / file, content)
    write(
        place / f"{message.stem}.mmd.xml",
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<MessageMetaData xmlns="http://holodeck-b2b.org/schemas/2014/06/mmd">'
        f"<MessageInfo><MessageId>{message.stem[:2]}@ap.example</MessageId></MessageInfo>"
        f'<PartyInfo><From><PartyId>{party(message, b"Sender")}</PartyId></From>'
        f'<To><PartyId>{party(message, b"Receiver")}</PartyId></To></PartyInfo>'
        '<CollaborationInfo><AgreementRef pmode="eessi"/><ConversationId>c</ConversationId></CollaborationInfo>'
        f"<PayloadInfo>{infos}</PayloadInfo></MessageMetaData>",
    )


def write_as4net(place, message, sed=None):
    parts = parts_of(message, sed or f"{message.stem[:2]}-DefaultSED.xml")
    infos = "".join(
        f"<Payload><Id>{part}</Id><Location>file:///C:/AS4/messages/in/{file}</Location></Payload>"
        for file, part, _ in parts
    )
    for file, _, content in parts:
        write(place / file, content)
    write(
        place / f"{message.stem}.xml",
        f"<DeliverMessage><MessageInfo><MessageId>{message.stem[:2]}@ap.example</MessageId></MessageInfo>"
        f"<Payloads>{infos}</Payloads></DeliverMessage>",
    )


# As the agent names SEDs by default: the next message gets the name as soon as it is free.
SHARED_NAME = "DefaultSED.xml"


def write_as4net_sharing(place, message):
    write_as4net(place, message, SHARED_NAME if message.stem[:2] == "37" else None)


class Layout:
    def __init__(self, name, writer, numbers, inbound="", away="", late=None):
        self.name, self.writer, self.numbers = name, writer, numbers
        self.inbound, self.away, self.late = inbound, away, late

    def go_on(self, workspace):
        """Hands one more message over under a name that another one had, when that is free."""
        place = workspace / "in" / "ap"
        given = workspace / "given"
        if self.late and not given.exists() and not (place / SHARED_NAME).exists():
            write_as4net(place, messages([self.late])[0], SHARED_NAME)
            write(given, "")

    def fill(self, workspace):
        """Makes the workspace as an access point and an administrator leave it."""
        outbound = f"  - {{name: away, path: out/away, layout: {self.name}{self.away}}}\n"
        outbound += "  - {name: inside, path: out/inside}"
        text = CONFIGURATION.format(layout=self.name, inbound=self.inbound, outbound=outbound)
        write(workspace / "piiripost.yaml", text)
        for message in messages(self.numbers):
            self.writer(workspace / "in" / "ap", message)


LAYOUTS = {
    layout.name: layout
    for layout in [
        Layout("plain", write_plain, PLAIN),
        Layout("domibus", write_domibus, WITH_PARTS, inbound=", purge: never"),
        Layout("holodeck", write_holodeck, WITH_PARTS, away=", pmode: eessi"),
        Layout(
            "as4.net", write_as4net_sharing, WITH_PARTS[1:], late=WITH_PARTS[0],
            away=", pmode: eessi, payloadLocation: 'file:///C:/AS4/'",
        ),
    ]
}


class Program:
    """The program that is tried."""

    def __init__(self, path):
        self.path = path

    def process(self, workspace, now, before=(), timeout=120):
        """One drain; `before` is what stands before the program on the command line."""
        environment = dict(os.environ, LC_ALL="C")
        command = [*before, self.path, "process", "--workspace", str(workspace), "--once", "--now", now]
        command += ["--schemas", str(ROOT / "sed-schemas")]
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=timeout)

    def is_rebuildable(self, workspace):
        """Whether the cases are what their messages come to."""
        command = [self.path, "case", "rebuild", "--check", "--workspace", str(workspace)]
        command += ["--schemas", str(ROOT / "sed-schemas")]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return run.returncode == 0


def digest(content):
    return hashlib.sha256(content).hexdigest()


def tree(folder):
    """Every file below a folder by its path, with the digest of its bytes; links by what they hold.

    The identifier of a staging folder is another one in each workspace, and is there or not.
    """
    files = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            key = str(path.relative_to(folder))
            if path.is_symlink():
                files[key] = "an identifier" if name == ".id" else os.readlink(path)
            else:
                files[key] = digest(path.read_bytes())
    return files


class Reader:
    """Takes what lies in an outbound folder, as its reader does, and keeps it."""

    def __init__(self, workspace, kept):
        self.workspace, self.kept = workspace, kept
        self.round = 0

    def take(self):
        self.round += 1
        target = self.kept / str(self.round)
        inside = self.workspace / "out" / "inside"
        for file in sorted(inside.glob("*.xml")) if inside.is_dir() else []:
            target.mkdir(parents=True, exist_ok=True)
            beside = file.with_suffix(".attachments")
            if beside.is_dir():
                shutil.move(beside, target / beside.name)
            shutil.move(file, target / file.name)

    def all(self):
        """How often each file was taken, with its bytes."""
        taken = Counter()
        for number in range(1, self.round + 1):
            taken.update(tree(self.kept / str(number)).items())
        return taken


MESSAGE_FACTS = "digest, size, way, sender, receiver, sed, caseId, verdict, disposition, state, rule, route"


def stored(workspace):
    """What the store holds, without numbers, times and tries, which a fault may change."""
    with sqlite3.connect(workspace / "store.sqlite") as store:
        state = {}
        faults = [row[0] for row in store.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"key in {row[0]}" for row in store.execute("PRAGMA foreign_key_check")]
        for number, expected, content in store.execute(
            "SELECT id, digest, bytes FROM message LEFT JOIN messageBytes ON messageId = id"
        ):
            if content is not None and digest(content) != expected:
                faults.append(f"message {number} has other bytes")
        state["faults"] = faults

        def rows(name, query):
            state[name] = Counter(store.execute(query))

        rows("message", f"SELECT {MESSAGE_FACTS}, acknowledgedAt IS NOT NULL FROM message")
        rows("attachment", "SELECT m.digest, a.name, a.digest FROM attachment a JOIN message m ON m.id = messageId")
        rows("transport", "SELECT m.digest, as4MessageId FROM transport JOIN message m ON m.id = messageId")
        rows("case", "SELECT caseId, institution, buc, role, state FROM businessCase")
        rows(
            "step",
            "SELECT s.caseId, institution, number, m.digest, fromState, toState FROM caseStep s"
            " JOIN message m ON m.id = messageId",
        )
        rows("deadline", "SELECT caseId, institution, clock, dueOn FROM deadline" if has_clocks(store) else "SELECT 1")
        rows(
            "outbox",
            "SELECT kind, m.digest, o.receiver, destination, o.fileName, o.state FROM outbox o"
            " JOIN message m ON m.id = messageId",
        )
        rows("obstacle", "SELECT fileName FROM obstacle")
        rows(
            "audit",
            "SELECT act, m.digest FROM audit JOIN message m ON subject = 'message:' || m.id"
            " WHERE act IN ('received', 'delivered')",
        )
        return state


def has_clocks(store):
    columns = {row[1] for row in store.execute("PRAGMA table_info(deadline)")}
    return {"caseId", "institution", "clock", "dueOn"} <= columns


def final_state(workspace, reader):
    """Everything that must be the same, however often the process died."""
    state = stored(workspace)
    state["left in inbound"] = Counter(tree(workspace / "in").items())
    for name in ["taken", "quarantine"]:
        # Files are numbered in the order of arrival.
        files = tree(workspace / name).items()
        state[name] = Counter((re.sub(r"^\d+-", "", path), content) for path, content in files)
    state["read"] = reader.all()
    state["away"] = Counter(tree(workspace / "out").items())
    return state


def settle(program, workspace, reader, expected, before=(), layout=None):
    """Drains without disturbance, and tells what is wrong then."""
    # A file that could not be moved is told until the run after that.
    for _ in range(2):
        if layout:
            layout.go_on(workspace)
        run = program.process(workspace, LATER_RUN, before=before)
        reader.take()
        if run.returncode != 0:
            return [f"the next run ended with {run.returncode}: {run.stderr.strip()[-300:]}"]
        faults = differences(final_state(workspace, reader), expected)
        if not faults:
            break
    return faults


def differences(state, expected):
    """What is lost, doubled or wrong in a state, in words without content."""
    faults = list(state["faults"])
    for name in expected:
        if name == "faults":
            continue
        for row, count in (expected[name] - state[name]).items():
            faults.append(f"lost {count} of {name}: {row[:5]}")
        for row, count in (state[name] - expected[name]).items():
            faults.append(f"too many ({count}) of {name}: {row[:12]}")
    return faults
