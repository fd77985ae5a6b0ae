"""Acts at the same moment, each in a thread with its own connection: what happens in several processes."""

import threading
from collections.abc import Callable
from datetime import datetime

from django.db import connection

from steerco.kit import clock


def at_once(moment: datetime, *acts: Callable[[], object]) -> list[BaseException]:
    """Do them all at the same time, at that moment of the product's clock; what went wrong."""
    ready, failed = threading.Barrier(len(acts)), list[BaseException]()

    def one(act: Callable[[], object]) -> None:
        try:
            with clock.at(moment):
                ready.wait(30)
                act()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return failed
