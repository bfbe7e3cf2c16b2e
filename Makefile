# SPDX-License-Identifier: GPL-3.0-or-later
# A thin face over CMake: the few commands one needs, each after seeing to it that the needed packages are installed.
# The build itself stands in CMakeLists.txt and CMakePresets.json.
.POSIX:
BUILD = build/release
JOBS = $$(getconf _NPROCESSORS_ONLN)

help:
	@echo 'make run            build, then run scenarios/base.yaml (installs missing packages with apt)'
	@echo 'make build          build the program: build/release/simulate'
	@echo 'make test           build and run all tests'
	@echo 'make bench          build and run the benchmarks'
	@echo 'make format         format the C sources; make check-format only looks'
	@echo 'make clean          remove build/'

packages:
	@cmake/packages.sh run

build: packages
	@cmake/configure.sh release
	@cmake --build $(BUILD) --parallel

run: build
	$(BUILD)/simulate scenarios/base.yaml

test:
	@cmake/packages.sh run test
	@cmake/configure.sh release -DSIMULATE_TESTS=ON
	@cmake --build $(BUILD) --parallel
	@ctest --preset release --parallel $(JOBS) && status=0 || status=$$?; \
	grep -h '^skipped: ' $(BUILD)/Testing/Temporary/LastTest.log || true; exit $$status

bench: build
	@cmake/packages.sh run bench
	@cmake --build $(BUILD) --target bench

format:
	find sim tests bench -name '*.[ch]' -exec clang-format-14 -i {} +

check-format:
	find sim tests bench -name '*.[ch]' -exec clang-format-14 --dry-run -Werror {} +

clean:
	rm -rf build

.PHONY: help packages build run test bench format check-format clean
