#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""raw.csv -> history.csv: published series -> series in the units and at the constant prices of the model.

usage: derive.py (in its own folder); writes history.csv beside it

What is derived, and how:
  gdp       at 2020 prices: the level of 2020 after the census of 2018, chained by published real growth, then scaled so
            that 2010 is 2055 bCNY, where the model starts. One vintage of the level only; growth as published.
  rd_total  R&D spending deflated by current over real GDP of the same vintage.
  delta     GDP of Jiangsu, Zhejiang and Anhui at 2020 prices: level of 2020, chained by national real growth plus 0.4
            point before and 0.2 point after 2020, for want of provincial deflators; scaled to 9740 bCNY in 2010.
  others    converted to the model's unit.
A derived datum is `sourced` only if every datum that it was made of is.
"""
import csv
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ["series", "year", "value", "unit", "status", "source", "vintage"]
CONVERTED = [  # name, raw series, factor, unit, first year
    ("researchers", "rd_personnel_fte", 0.01, "Mp", 2010),
    ("basic_share", "basic_research_share", 0.01, "1", 2010),
    ("energy", "energy_consumption", 0.01, "Mtce/yr", 2010),
    ("co2", "co2_ceads", 1, "MtCO2/yr", 2010),
    ("population", "population_resident", 0.01, "Mp", 2010),
    ("hightech_firms", "hightech_enterprises", 1, "firm", 2010),
    ("fdi_inflow", "fdi_actual", 0.1, "bUSD/yr", 2010),
    ("regional_hq", "mnc_regional_hq", 1, "firm", 2010),
    ("urban_rural", "income_urban_rural_ratio", 1, "1", 2010),
    ("carbon_price", "carbon_price_shea_avg", 1, "CNYpt", 2014),
    ("unicorns", "unicorns_hurun", 1, "firm", 2010),
    ("f500_hq", "fortune500_hq", 1, "firm", 2010),
    ("fx_turnover", "bis_fx_turnover_china", 1, "bUSD/day", 2010),
    ("nonfossil", "nonfossil_share_primary_energy", 0.01, "1", 2010),
]


def read_raw():
    raw = {}
    with open(HERE / "raw.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            raw.setdefault(row["series"], {})[int(row["year"])] = row
    return raw


def number(row):
    return float(row["value"])


def status(rows):
    return "sourced" if all(row["status"] == "sourced" for row in rows) else "recalled"


def chain(level, growth, years, extra_before=0.0, extra_after=0.0):
    """{year: (value, rows it was made of)} from a level of 2020 and growth in per cent a year."""
    value, used, result = level, [], {2020: (level, [])}
    for year in range(2020, min(years), -1):
        value /= 1 + (number(growth[year]) + extra_before) / 100
        used = used + [growth[year]]
        result[year - 1] = (value, used)
    value, used = level, []
    for year in range(2021, max(years) + 1):
        value *= 1 + (number(growth[year]) + extra_after) / 100
        used = used + [growth[year]]
        result[year] = (value, used)
    return result


def derive(raw):
    rows = []

    def add(series, year, value, unit, made_of, source, vintage):
        rows.append([series, year, f"{value:.6g}", unit, status(made_of), source, vintage])

    current = raw["gdp_current_c4"]
    real = chain(number(current[2020]) / 10, raw["gdp_real_growth"], range(2010, 2026))
    scale = 2055 / real[2010][0]
    for year in sorted(real):
        add("gdp", year, real[year][0] * scale, "bCNY/yr", real[year][1] + [current[2020]],
            "derived: gdp_current_c4 of 2020 chained by gdp_real_growth", "2018 census")
    for year in range(2010, 2024):
        spent = raw["rd_expenditure"][year]
        deflator = number(current[year]) / 10 / real[year][0]
        add("rd_total", year, number(spent) / 10 / deflator, "bCNY/yr", [spent, current[year]] + real[year][1],
            "derived: rd_expenditure deflated", "2018 census")
    for name, series, factor, unit, first in CONVERTED:
        for year, row in sorted(raw[series].items()):
            if year >= first:
                add(name, year, number(row) * factor, unit, [row], row["source"], row["vintage"])
    provinces = [raw[f"gdp_{name}"][2020] for name in ("jiangsu", "zhejiang", "anhui")]
    delta = chain(sum(map(number, provinces)) / 10, raw["china_gdp_real_growth"], range(2010, 2024), 0.4, 0.2)
    scale = 9740 / delta[2010][0]
    for year in sorted(delta):
        add("delta", year, delta[year][0] * scale, "bCNY/yr", provinces + delta[year][1],
            "derived: provincial GDP of 2020 chained by national growth", "as published in 2020")
    return rows


def main():
    with open(HERE / "history.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(derive(read_raw()))


if __name__ == "__main__":
    main()
