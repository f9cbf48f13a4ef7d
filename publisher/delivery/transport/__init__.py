"""How a finished message leaves: each transport opens sessions, and a session takes messages one by one and tells what became of each."""

from publisher.delivery.transport.protocol import Answer, Outcome, Session, Transport, TransportError

__all__ = ["Answer", "Outcome", "Session", "Transport", "TransportError"]
