"""What Blender's operators answer."""


def complaint(operator, **options) -> str:
    """The sentence with which an operator refuses; not refusing is a failure."""
    try:
        answer = operator(**options)
    except RuntimeError as error:
        return str(error)
    raise AssertionError(f"{operator} accepted {options}: {answer}")
