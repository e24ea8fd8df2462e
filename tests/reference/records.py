# SPDX-License-Identifier: MIT
"""Bytes to records and fields, by RFC 4180 and RULES 5."""
MAX_RECORD_BYTES = 1 << 20


def quoted_fields(line):
    """The fields of one whole record that holds a quote, by RFC 4180: '"' is special as a field's first byte only."""
    fields, at, n = [], 0, len(line)
    while True:
        if at < n and line[at] == 0x22:
            content, at = bytearray(), at + 1
            while True:
                end = line.index(b'"', at)
                content += line[at:end]
                if line[end + 1:end + 2] == b'"':
                    content.append(0x22)
                    at = end + 2
                    continue
                at = end + 1
                break
            comma = line.find(b",", at)
            content += line[at:comma if comma >= 0 else n]
            fields.append(bytes(content))
        else:
            comma = line.find(b",", at)
            fields.append(line[at:comma if comma >= 0 else n])
        if comma < 0:
            return fields
        at = comma + 1


def record_end(data, start):
    """Where the record that begins at 'start' has its LF (or len(data)); -1 if a quote of it stays open."""
    at = start
    while True:  # at a field's first byte
        if data[at:at + 1] == b'"':
            at += 1
            while True:
                at = data.find(b'"', at)
                if at < 0 or at - start > MAX_RECORD_BYTES:
                    return -1
                if data[at + 1:at + 2] == b'"':
                    at += 2
                    continue
                at += 1
                break
        lf, comma = data.find(b"\n", at), data.find(b",", at)
        if lf < 0:
            lf = len(data)
        if comma < 0 or comma > lf:
            return lf
        at = comma + 1


def records(data):
    """Yields (byte offset, line number, raw bytes with line end, fields or None, reason) of each record."""
    at, line_number, n = 0, 1, len(data)
    if data[:3] == b"\xef\xbb\xbf":
        at = 3
    while at < n:
        lf = data.find(b"\n", at)
        end = n if lf < 0 else lf
        reason = None
        if b'"' in data[at:end]:
            whole = record_end(data, at)
            if whole < 0:
                reason = "quote"  # its first line is given up, the next is a record again
            else:
                end = whole
        if reason is None and end - at > MAX_RECORD_BYTES:
            reason = "long"
        raw = data[at:end + 1]
        body = raw[:-1] if raw.endswith(b"\n") else raw
        if body.endswith(b"\r"):
            body = body[:-1]
        if reason:
            fields = None
        elif b'"' in body:
            fields = quoted_fields(body)
        else:
            fields = body.split(b",")
        yield at, line_number, raw, fields, reason
        line_number += raw.count(b"\n")
        at = end + 1


def is_blank(record):
    """A line without content: decoration (RULES 5)."""
    fields = record[3]
    return fields is not None and len(fields) == 1 and not fields[0].strip(b" \t")
