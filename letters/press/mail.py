"""The letter as a mail (RFC 5322): its text as the body, the PDF attached. The same letter gives the same bytes."""

from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from config.errors import LetterError
from letters.notice import Notice
from letters.press.mark import subject_mark


def eml(notice: Notice, text: str, pdf: bytes) -> bytes:
    """NOTICE as a mail of TEXT and PDF; LetterError where a line break hides in what becomes a header."""
    try:
        return _message(notice, text, pdf).as_bytes()
    except ValueError as problem:
        raise LetterError(f"letter {notice.number!r}: no mail can be made of it: {problem}") from problem


def _message(notice: Notice, text: str, pdf: bytes) -> EmailMessage:
    seal = sha256(text.encode() + pdf).hexdigest()
    sender = address(notice.sender.email, notice.sender.organisation)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["To"] = address(notice.contact.email or "", notice.platform_title)
    message["Subject"] = f"[{subject_mark(notice.practice)}] {notice.subject} {notice.number}"
    message["Date"] = format_datetime(notice.date.astimezone(notice.zone))
    message["Message-ID"] = f"<{notice.number}.{seal[:16]}@{sender.domain}>"
    message["Content-Language"] = notice.language
    message.set_content(text, cte="base64")
    message.add_attachment(pdf, "application", "pdf", filename=f"{notice.number}.pdf")
    message.set_boundary(f"wildfree-{seal[:40]}")
    return message


def address(email: str, name: str = "") -> Address:
    """EMAIL as a mailbox; ValueError where it is none, or where either holds a line break."""
    found = Address(display_name=name, addr_spec=email)
    if not found.username or not found.domain:
        raise ValueError(f"{email!r} is no mail address; write it like desk@example.org")
    return found
