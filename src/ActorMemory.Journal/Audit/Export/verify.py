#!/usr/bin/env python3
"""Verifies this bundle of a journal's events without trusting whoever made it: python3 verify.py [trusted-public-key.pem]

It computes leaves from events, roots (RFC 6962) from leaves or proofs, and checks the ECDSA P-256 signature of every checkpoint, and that readable
records are what the payloads say. The public key in the bundle is as good as the way on which it came: better give one that you got otherwise."""
import base64, hashlib, json, os, struct, sys, uuid
P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
DENSE = {7: "return_value", 8: "ensemble_return", 9: "drawdown", 11: "prediction", 13: "allocation_weight", 14: "bandit_reward",
         16: "rolling_sharpe", 17: "rolling_sortino", 18: "rolling_dd", 19: "rolling_win_rate"}
SPARSE = {10: ("volatility", 16), 12: ("meta_prediction", 32), 15: ("wfo_sharpe", 64)}

def check(condition, what):
    if not condition:
        print("NOT SOUND: " + what)
        sys.exit(1)

def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return (x, (slope * (a[0] - x) - a[1]) % P)

def is_signed(key, text, der):
    rest = der[2:]
    if len(der) < 8 or der[0] != 0x30 or der[1] != len(rest) or rest[0] != 2 or rest[2 + rest[1]] != 2:
        return False
    r, s = int.from_bytes(rest[2:2 + rest[1]], "big"), int.from_bytes(rest[4 + rest[1]:], "big")
    if not (0 < r < N and 0 < s < N):
        return False
    w, digest = pow(s, -1, N), int.from_bytes(hashlib.sha256(text).digest(), "big")
    u, v, both, point = digest * w % N, r * w % N, add(G, key), None
    for bit in range(255, -1, -1):
        point = add(point, point)
        which = (u >> bit & 1) + 2 * (v >> bit & 1)
        point = add(point, (None, G, key, both)[which])
    return point is not None and point[0] % N == r

def read_key(path):
    pem = open(path, encoding="ascii").read().split("-----BEGIN PUBLIC KEY-----")[-1].split("-----END")[0]
    der = base64.b64decode("".join(pem.split()))
    check(der.startswith(SPKI) and len(der) == len(SPKI) + 64, path + " is not a P-256 public key")
    x, y = int.from_bytes(der[-64:-32], "big"), int.from_bytes(der[-32:], "big")
    check((y * y - x * x * x + 3 * x - B) % P == 0, path + " is not a point of P-256")
    return (x, y), hashlib.sha256(der).digest()

def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()

def climb(hashes, index, last, proof):
    """Hashes a path upwards: hashes[0] takes every sibling, hashes[1], if there, only those on the left."""
    for sibling in proof:
        if last == 0:
            return None
        if index & 1 or index == last:
            hashes = [node(sibling, known) for known in hashes]
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            hashes = [node(hashes[0], sibling)] + hashes[1:]
        index, last = index >> 1, last >> 1
    return hashes if last == 0 else None

def is_consistent(first, first_root, second, second_root, proof):
    if first == second:
        return not proof and first_root == second_root
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    start = proof[:1] if at else [first_root]
    return len(start) == 1 and climb(start * 2, at, last, proof[1:] if at else proof) == [second_root, first_root]

def grow(parts, size, leaf):
    while size & 1:
        leaf, size = node(parts.pop(), leaf), size >> 1
    parts.append(leaf)

def text_bytes(text):
    return struct.pack("<i", len(text.encode())) + text.encode()

def leaf_of(batch, events):
    rows = hashlib.sha256()
    for e, payload in ((e, base64.b64decode(e["payload"], validate=True)) for e in events):
        rows.update(text_bytes(e["persistence_id"]) + struct.pack("<q", e["sequence_number"]) + text_bytes(e["manifest"]))
        rows.update(struct.pack("<i", len(payload)) + payload)
    head = struct.pack("<iqqiq", batch["shard"], batch["number"], batch["first_ordering"], len(events), events[0]["recorded_at"])
    return hashlib.sha256(b"\x00" + head + rows.digest()).digest()

def varint(data, at):
    value, shift = 0, 0
    while data[at] & 0x80:
        value, shift, at = value | (data[at] & 0x7f) << shift, shift + 7, at + 1
    return value | data[at] << shift, at + 1

def records_of(payload):
    """The records of a payload with manifest performance.records-added.v1, which is Protobuf with a column for each field."""
    fields, at = {21: []}, 0
    while at < len(payload):
        tag, at = varint(payload, at)
        value, at = varint(payload, at)
        if tag & 7 == 2:
            value, at = payload[at:at + value], at + value
        fields[tag >> 3] = fields[21] + [value.decode()] if tag >> 3 == 21 else value
    flags, texts, ids = fields.get(3, b""), iter(fields[21]), fields.get(4, b"")
    columns = {n: iter(struct.unpack("<%dd" % (len(fields.get(n, b"")) // 8), fields.get(n, b""))) for n in [*DENSE, *SPARSE]}
    for i, (flag, time) in enumerate(zip(flags, struct.unpack("<%dq" % len(flags), fields.get(5, b"")))):
        record = {"timestamp_ns": time, "win": bool(flag & 1), "meta_label": {0: None, 2: 0, 4: 1}.get(flag & 6, "other")}
        record["record_id"] = next(texts) if flag & 128 else str(uuid.UUID(bytes=ids[16 * i:16 * i + 16]))
        record.update({name: next(columns[n]) for n, name in DENSE.items()})
        record.update({name: next(columns[n]) if flag & bit else None for n, (name, bit) in SPARSE.items()})
        yield {k: str(v) if v in (float("inf"), -float("inf")) or v != v else v for k, v in record.items()}

def read_checkpoints(key, key_id, journal):
    shards = {}
    for entry in map(json.loads, open("checkpoints.ndjson", encoding="utf-8")):
        text, signatures = entry["note"].split("\n\n")
        origin, size, root = text.split("\n")[:3]
        name = "the checkpoint of %s at %s batches" % (origin, size)
        check(origin == "actormemory/%s/shard/%d" % (journal, entry["shard"]), name + " is of another journal or shard")
        ours = [base64.b64decode(line.split(" ")[2]) for line in signatures.splitlines() if line.split(" ")[1] == origin]
        ours = [signature[4:] for signature in ours if signature[:4] == key_id[:4]]
        check(ours and all(is_signed(key, (text + "\n").encode(), s) for s in ours), name + " is not signed by the public key")
        known = shards.setdefault(entry["shard"], [])
        known.append((int(size), base64.b64decode(root)))
        if len(known) > 1 and "consistency" in entry:
            proof = [bytes.fromhex(h) for h in entry["consistency"]]
            check(is_consistent(*known[-2], *known[-1], proof), name + " does not continue the one before it")
    return shards

def check_events(batch, lines, last, manifest):
    events = []
    for ordering in range(batch["first_ordering"], batch["last_ordering"] + 1):
        e = json.loads(lines.readline() or "{}")
        check(e.get("ordering") == ordering, "event %d is missing, or not in its place" % ordering)
        name = "event %d, number %d of %s," % (ordering, e["sequence_number"], e["persistence_id"])
        if manifest["persistence_id"] in (None, e["persistence_id"]):
            check(e["sequence_number"] == last.get(e["persistence_id"], 0) + 1, name + " does not follow the one before it")
            last[e["persistence_id"]] = e["sequence_number"]
        if "records" in e:
            said = [{**r, "meta_label": "other"} if r["meta_label"] not in (None, 0, 1) else r for r in e["records"]]
            check(said == list(records_of(base64.b64decode(e["payload"]))), name + " says other records than its payload")
        check(e["recorded_at"] == (events or [e])[0]["recorded_at"], name + " has another time than its batch")
        events.append(e)
    check(leaf_of(batch, events).hex() == batch["leaf"], "the events %(first_ordering)d to %(last_ordering)d do not fit their leaf" % batch)
    return len(events)

def main():
    trusted = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "public-key.pem"
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    manifest = json.load(open("manifest.json", encoding="utf-8"))
    for name, entry in manifest["files"].items():
        digest = hashlib.sha256()
        with open(name, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
        check(digest.hexdigest() == entry["sha256"], name + " is not what the manifest says")
    key, key_id = read_key(trusted)
    shards = read_checkpoints(key, key_id, manifest["journal_id"])
    trees, last, counted = {shard: ([], 0, 0) for shard in shards}, {}, [0, 0]
    with open("events.ndjson", encoding="utf-8") as lines:
        for batch in map(json.loads, open("batches.ndjson", encoding="utf-8")):
            counted = [counted[0] + check_events(batch, lines, last, manifest), counted[1] + 1]
            shard, number, leaf = batch["shard"], batch["number"], bytes.fromhex(batch["leaf"])
            if "proof" in batch:
                size, root = shards[shard][-1]
                hashes = climb([leaf], number, size - 1, [bytes.fromhex(h) for h in batch["proof"]]) if number < size else None
                check(hashes == [root], "batch %d of shard %d is not in the tree that was signed" % (number, shard))
                continue
            check(shard in trees and number == trees[shard][1], "batch %d of shard %d is not the next one" % (number, shard))
            parts, size, done = trees[shard]
            grow(parts, size, leaf)
            while done < len(shards[shard]) and shards[shard][done][0] == size + 1:
                root = parts[-1]
                for part in parts[-2::-1]:
                    root = node(part, root)
                check(root == shards[shard][done][1], "shard %d has another root than was signed at %d batches" % (shard, size + 1))
                done += 1
            trees[shard] = (parts, size + 1, done)
        check(not lines.readline(), "there are events that belong to no batch")
    for shard, (_, size, done) in trees.items():
        check(manifest["persistence_id"] or done == len(shards[shard]), "shard %d ends at batch %d, before what was signed" % (shard, size))
    check(counted == [manifest["events"], manifest["batches"]], "the counts are not those of the manifest")
    print("sound: %d events in %d batches, %d signed checkpoints; key SHA-256 %s"
          % (*counted, sum(map(len, shards.values())), key_id.hex()))

if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError, IndexError, TypeError, StopIteration, RuntimeError, struct.error) as error:
        check(False, "the bundle is malformed or incomplete: %s: %s" % (type(error).__name__, error))
