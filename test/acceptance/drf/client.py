"""A client of drf-chunked-upload, written as its README shows it; it knows nothing of any other server.

Usage: client.py UPLOAD_URL TOKEN FILE CHUNK_SIZE chunked|whole|resume
Prints the last answer as JSON.
"""

import hashlib
import json
import os
import sys

import requests


def md5_of(path):
    digest = hashlib.md5()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def put(session, url, chunk, index, total, name):
    response = session.put(
        url,
        headers={
            "Content-Range": "bytes {}-{}/{}".format(index, index + len(chunk) - 1, total),
        },
        data={"filename": name},
        files={"file": chunk},
    )
    return response


def send_from(session, url, path, offset, size, until=None):
    """PUTs the file's chunks from `offset` on; answers the upload's URL and the last answer."""
    total = os.path.getsize(path)
    answer = None
    with open(path, "rb") as file:
        while offset < (until or total):
            file.seek(offset)
            response = put(session, url, file.read(size), offset, total, os.path.basename(path))
            response.raise_for_status()
            answer = response.json()
            url, offset = answer["url"], answer["offset"]
    return url, answer


def complete(session, url, path):
    response = session.post(url, data={"md5": md5_of(path)})
    response.raise_for_status()
    return response.json()


def chunked(session, url, path, size):
    url, _ = send_from(session, url, path, 0, size)
    return complete(session, url, path)


def whole(session, url, path, size):
    with open(path, "rb") as file:
        response = session.post(
            url,
            data={"filename": os.path.basename(path), "md5": md5_of(path)},
            files={"file": file},
        )
    response.raise_for_status()
    return response.json()


def resume(session, url, path, size):
    """Stops in the middle, tries a wrong offset, and goes on from where the server says."""
    total = os.path.getsize(path)
    upload, _ = send_from(session, url, path, 0, size, until=total // 2)
    wrong = put(session, upload, b"wrong", 1, total, os.path.basename(path))
    assert wrong.status_code == 400, wrong.text
    refusal = wrong.json()
    assert refusal["detail"] == "Offsets do not match", refusal
    assert refusal["provided_offset"] == 1, refusal
    pending = [item for item in session.get(url).json() if item["status"] == 1]
    assert [item["url"] for item in pending] == [upload], pending
    assert pending[0]["offset"] == refusal["expected_offset"], pending
    send_from(session, upload, path, refusal["expected_offset"], size)
    early = session.post(upload, data={"md5": "0" * 32})
    assert (early.status_code, early.json()["detail"]) == (400, "checksum does not match")
    answer = complete(session, upload, path)
    assert complete(session, upload, path) == answer
    late = put(session, upload, b"late", 0, total, "late")
    assert late.json()["detail"] == 'Upload has already been marked as "complete"', late.text
    return answer


if __name__ == "__main__":
    url, token, path, size, how = sys.argv[1:]
    with requests.Session() as session:
        session.headers["Authorization"] = "Token " + token
        run = {"chunked": chunked, "whole": whole, "resume": resume}[how]
        print(json.dumps(run(session, url, path, int(size))))
