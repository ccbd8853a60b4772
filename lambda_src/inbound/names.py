"""Attachment names as a person and a browser may see them: no path, no control characters, never empty."""

from lambda_src.inbound import marks
from lambda_src.inbound.mime.headers import Headers, clean
from lambda_src.inbound.mime.parameters import parse
from lambda_src.inbound.mime.splitter import ENCRYPTED, MESSAGES, Part

LONGEST_NAME = 150
_ENDINGS = {
    "application/json": ".json",
    "application/ms-tnef": ".dat",
    "application/pdf": ".pdf",
    "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-mime": ".p7m",
    "application/x-pkcs7-signature": ".p7s",
    "application/xml": ".xml",
    "application/zip": ".zip",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    **dict.fromkeys((*MESSAGES, *ENCRYPTED), ".eml"),
}
# SES refuses a whole mail for a file with one of these endings ("Unsupported attachment types" in its guide).
_NOT_BY_SES = frozenset(
    """
    ade adp app asp bas bat cer chm cmd com cpl crt csh der exe fxp gadget hlp hta inf ins isp its js
    jse ksh lib lnk mad maf mag mam maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1
    msh2 mshxml msh1xml msh2xml msi msp mst ops pcd pif plg prf prg ps1 ps1xml ps2 ps2xml psc1 psc2 reg
    scf scr sct shb shs sys tmp url vb vbe vbs vps vsmacros vss vst vsw vxd ws wsc wsf wsh xnk
    """.split()  # noqa: SIM905 - a hundred strings in a list fill two screens
)


def given_name(headers: Headers) -> str:
    """The name that the sender gave, cleaned, or an empty text: `filename` before `name` (RFC 2183 2.3)."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        name = parse(headers.get(header))[1].get(parameter, "")
        if name := safe_name(name):
            return name
    return ""


def name_for(part: Part, number: int) -> str:
    """The part's name, or one made of its number (counted from 1) and its type."""
    ending = ".eml" if part.opaque else _ENDINGS.get(part.content_type, ".bin")
    return given_name(part.headers) or f"attachment-{number}{ending}"


def without_list(name: str, marker: str) -> str:
    """The name without markers and a list between two of them: it is shown in the mail sent on."""
    left = "".join(marks.outside(name, marker))
    return name if left == name else safe_name(left) or "attachment"


def safe_name(name: str) -> str:
    """The last step of a path, without what a file system or a header would stumble over."""
    name = clean(name).replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        short = len(ending) < 12 and dot
        name = (
            name[: LONGEST_NAME - len(ending) - 1] + "." + ending if short and stem else name[:LONGEST_NAME]
        )
    return "" if name.strip(".") == "" else name


def ses_takes(name: str) -> bool:
    """Whether SES sends a mail with a file of this name in it."""
    return name.rstrip(". ").rpartition(".")[2].lower() not in _NOT_BY_SES
