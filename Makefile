# Every target makes the machine ready first, so each works in a fresh checkout.
# uv comes from PATH, or from build/uv where .ci/bootstrap puts it. Bootstrap has synced: uv run need not look again.
export PATH := $(CURDIR)/build/uv/bin:$(PATH)
export UV_NO_SYNC := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check bench campaign torture soak fuzz screenshots package linux-package linux-test windows-package windows-test
.PHONY: bootstrap-run bootstrap-test bootstrap-package bootstrap-windows

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: bootstrap-run ## The tray app on a practice switchboard and a sample calendar
	uv run b2cal-desktop demo

test: bootstrap-test ## Every test, on all cores
	uv run pytest -n auto

check: bootstrap-run ## Lock file, style, types, import rules, known holes, translations, policies
	uv lock --check
	uv run ruff check
	uv run ruff format --check
	uv run mypy --strict
	uv run lint-imports
	uv run bandit --quiet --recursive -ll b2cal_desktop
	uv run python .ci/audit
	uv run python resources/i18n/update.py --check
	uv run python installer/policy/generate.py --check

bench: bootstrap-run ## How fast it is: start, planning, a sync
	uv run python -m benchmarks

package: bootstrap-package ## The frozen program for this platform, in build/package/dist
	uv run python installer/build.py

linux-package: package ## .deb and .rpm, in build/package/out
	build/package/env/bin/python installer/linux/package.py

linux-test: linux-package ## They are installed, started and removed in a clean Debian (as root)
	B2CAL_LINUX_TESTS=1 uv run pytest tests/installer/test_linux_installed.py -s

campaign: bootstrap-run ## Ten thousand user-weeks in a simulation; goes on where it left (build/campaign.json)
	uv run python -m tests.campaign

torture: bootstrap-run ## Five hundred kill -9 of the real process, each followed by a start
	uv run python -m tests.campaign.torture

soak: bootstrap-test ## A simulated month and half an hour of the real app: does anything grow (build/soak.json)
	uv run python -m tests.campaign.soak

fuzz: bootstrap-test ## A million hostile inputs to everything that reads what others wrote; goes on where it left
	uv run python -m tests.fuzz

screenshots: bootstrap-test ## Draws the pictures in the documents anew
	uv run python -m tests.screenshots

windows-package: bootstrap-windows ## Setup and MSI for Windows, made and signed for a test on Wine
	uv run python installer/windows/package.py --test-certificate

windows-test: windows-package ## Installs, upgrades and removes them on Wine, and runs the tests of Windows' own there
	B2CAL_WINDOWS_TESTS=1 uv run pytest tests/windows -s

bootstrap-run bootstrap-test bootstrap-package bootstrap-windows: bootstrap-%:
	@.ci/bootstrap $*
