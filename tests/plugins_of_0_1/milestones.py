from harness import hookimpl


@hookimpl
def run_started(event):
    write(event, f"{event.command}: started")


@hookimpl
def cycle_finished(event):
    write(event, f"cycle {event.cycle.number}: {'accepted' if event.cycle.accepted else 'not accepted'}")


@hookimpl
def run_finished(event):
    write(event, f"{event.state}, exit code {event.exit_code}")


def write(event, line):
    event.folder.mkdir(parents=True, exist_ok=True)
    with (event.folder / "milestones.txt").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
