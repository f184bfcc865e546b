"""Counts what tasks on remote visits need (5.6, 5.7)."""

from sim.counters.base import District, counter, truth_of


@counter
def remote_visits(district: District) -> int:
    """Counts visits that became remote, converted ones among them."""
    return int((district.tables["tele_requests"]["became"] != "on site").sum())


@counter
def converted_visits(district: District) -> int:
    """Counts remote visits that had to be converted."""
    return int((district.tables["tele_requests"]["became"] == "converted").sum())


@counter
def percent_without_device(district: District) -> int:
    """Counts, of a hundred requests, those of patients without a device."""
    return int((district.tables["tele_requests"]["device"] == "none").mean() * 100)


@counter
def outages(district: District) -> int:
    """Counts outages of the platform."""
    return int(district.tables["tele_log"].query("event == 'outage'")["event_id"].nunique())


@counter
def reconnect_storms(district: District) -> int:
    """Counts days on which many devices connected at once."""
    log = district.tables["tele_log"].query("event == 'connected'").drop_duplicates("event_id")
    return int((log["at"].dt.date.value_counts() >= 10).sum())


@counter
def doubled_lines(district: District) -> int:
    """Counts lines of the log that were delivered twice."""
    return len(truth_of(district).defects("D69"))
