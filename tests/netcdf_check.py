#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a sweep.nc as its users do, with netCDF4 and with xarray, and holds what they rely on: coordinates, units, CF
attributes, quantiles in order and between the extremes, members (when kept) that give the stated means.

    netcdf_check.py SWEEP.nc

Exits 77 (skipped) and says which package is missing when one is."""
import sys

try:
    import netCDF4
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(f"skipped: the Python package {missing.name} is not installed")
    sys.exit(77)


def check_netcdf4(path):
    with netCDF4.Dataset(path) as f:
        assert f.data_model == "NETCDF4" and f.Conventions.startswith("CF-"), "not CF netCDF-4"
        for name in ("policy", "time", "quantile"):
            assert name in f.dimensions and f.variables[name].dimensions == (name,), f"no coordinate {name}"
        assert "since" not in f.variables["time"].units
        return [name for name in f.variables if name.endswith("_quantile") and name != "outcome_quantile"]


def check_variable(data, name):
    quantiles, stem = data[name], name.removesuffix("_quantile")
    assert quantiles.dims[:3] == ("policy", "quantile", "time"), f"{name} has dimensions {quantiles.dims}"
    assert "units" in quantiles.attrs and "long_name" in quantiles.attrs
    values = quantiles.values
    if np.isnan(values).all():
        return
    assert (np.diff(values, axis=1) >= 0).all(), f"{name} is not in ascending order"
    least, most = data[stem + "_min"].values[:, None], data[stem + "_max"].values[:, None]
    assert (values >= least).all() and (values <= most).all(), f"{name} leaves the range of its members"
    if stem + "_member" in data:
        members = data[stem + "_member"]
        assert members.dims[:3] == ("member", "policy", "time")
        # xarray leaves out NaN, as we leave out failed members; float32 members are summed as float64
        mean = members.astype("float64").mean("member")
        np.testing.assert_allclose(mean, data[stem + "_mean"], rtol=1e-6, atol=1e-9)


def main():
    path = sys.argv[1]
    names = check_netcdf4(path)
    assert names, "no saved variable"
    with xr.open_dataset(path) as data:  # decodes times: fails when units look like a date
        assert data["time"].dtype == np.float64
        assert data.sizes["policy"] == len(data["policy"])
        for name in names:
            check_variable(data, name)
        middle = data[names[0]].sel(quantile=0.5, method="nearest").isel(policy=0)
        assert middle.sizes["time"] == data.sizes["time"]
    print(f"{path}: {len(names)} variables checked")


main()
