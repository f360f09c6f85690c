# Every target makes the machine ready first, so each works in a fresh checkout.
# uv comes from PATH, or from build/uv where .ci/bootstrap puts it. Bootstrap has synced: uv run need not look again.
export PATH := $(CURDIR)/build/uv/bin:$(PATH)
export UV_NO_SYNC := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check bench screenshots bootstrap-run bootstrap-test

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: bootstrap-run ## The tray app on a practice switchboard and a sample calendar
	uv run b2cal-desktop demo

test: bootstrap-test ## Every test, on all cores
	uv run pytest -n auto

check: bootstrap-run ## Lock file, style, types, import rules, translations
	uv lock --check
	uv run ruff check
	uv run ruff format --check
	uv run mypy --strict
	uv run lint-imports
	uv run python resources/i18n/update.py --check

bench: bootstrap-run ## How fast it is: start, planning, a sync
	uv run python -m benchmarks

screenshots: bootstrap-test ## Draws the pictures in the documents anew
	uv run python -m tests.screenshots

bootstrap-run bootstrap-test: bootstrap-%:
	@.ci/bootstrap $*
