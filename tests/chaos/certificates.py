"""Certificates for tests, made on the spot: a good one, and those that no crawl may trust."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey


def certificates(folder: Path) -> dict[str, tuple[str, str]]:
    """Files of certificate and key: `ca` (to be trusted), `good`, `expired`, `wrong-host`, `self-signed`."""
    authority = ec.generate_private_key(ec.SECP256R1())
    trusted = signed("Lamp Authority", authority, "Lamp Authority", authority, days=30, authority=True)
    found = {"ca": written(folder, "ca", trusted, authority)}
    for name, host, days in (
        ("good", "localhost", 30),
        ("expired", "localhost", -1),
        ("wrong-host", "lumo.example", 30),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        found[name] = written(folder, name, signed(host, key, "Lamp Authority", authority, days), key)
    key = ec.generate_private_key(ec.SECP256R1())
    found["self-signed"] = written(folder, "self-signed", signed("localhost", key, "localhost", key, 30), key)
    return found


def signed(host: str, key: Key, issuer: str, by: Key, days: int, authority: bool = False) -> x509.Certificate:
    """A certificate of `host`, good until in so many days."""
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    return built.sign(by, hashes.SHA256())


def written(folder: Path, name: str, certificate: x509.Certificate, key: Key) -> tuple[str, str]:
    """The paths of a certificate and its key."""
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.TraditionalOpenSSL
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return str(paths[0]), str(paths[1])
