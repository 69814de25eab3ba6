"""`python -m fulfilment`: what is said of a command that does not exist."""

import pytest

from fulfilment.__main__ import Commands


@pytest.mark.parametrize(
    ("typed", "said"), [("nonsense", "There is no command nonsense."), ("setle", "Did you mean settle?")]
)
def test_a_command_that_does_not_exist_is_said_not_to_and_how_to_find_another(
    typed: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        Commands(["fulfilment", typed]).execute()
    told = capsys.readouterr().err
    assert said in told
    assert "django help" not in told
    assert ended.value.code == 2
