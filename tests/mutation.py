#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves that the tests of the Shanghai model can fail: breaks one link of the model at a time, by flipping its sign or
dropping it, and asks that `simulate test` then reports at least one sentence that does not hold,
or a run that breaks down.

usage: mutation.py SIMULATE [NAME...]

Each mutation replaces a text that stands exactly once in one file of a copied model. A mutation that no test notices
fails, and so does one that makes the model invalid (that would prove nothing), or whose text is gone.
Exit status: 0 all noticed, 1 otherwise, 2 usage.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# name, file, what stands there, what takes its place
MUTATIONS = [
    ("R1 research makes productivity: dropped", "04-innovation.yaml", " * (impulse / impulse0)^lam_rd", ""),
    ("R1 research makes productivity: flipped", "04-innovation.yaml", "^lam_rd", "^-lam_rd"),
    ("R2 basic knowledge: dropped", "04-innovation.yaml", " * (basic_effective / basic_eff0)^theta_basic", ""),
    ("R3 learning to absorb: dropped", "04-innovation.yaml", " * (rd_total / gdp / rd_int0)^two_faces", ""),
    ("R4 agglomeration: dropped", "05-production.yaml", "^(alpha + agglom)", "^alpha"),
    ("R5 self-reliance protects supply: flipped", "04-innovation.yaml", "blockade * (1 - self_reliance)",
     "blockade * (1 + self_reliance)"),
    ("R6 tax fills the budget: flipped", "06-accounts.yaml", "(rev_share + granted_tax)", "(rev_share - granted_tax)"),
    ("R7 pathfinder: flipped", "10-institutions.yaml", "(1 + rep_gain * ", "(1 - rep_gain * "),
    ("R8 imitation of new tracks: flipped", "14-budget.yaml", "+ nt_q * newtrack", "- nt_q * newtrack"),
    ("R9 data: flipped", "05-production.yaml", "(data_assets / data0)^data_el", "(data_assets / data0)^-data_el"),
    ("R10 depth makes turnover: dropped", "09-openness.yaml", "(cap_depth / cap0d)^0.8, fx", "1, fx"),
    ("R10 rules bring turnover: flipped", "09-openness.yaml", "^(fx_rules * ", "^(-fx_rules * "),
    ("R11 delta demand: flipped", "05-production.yaml", "delta_rel^delta_el", "delta_rel^-delta_el"),
    ("R12 spending makes demand: dropped", "05-production.yaml", " * spend_ratio^inc_el", ""),
    ("B1 ideas get harder: flipped", "04-innovation.yaml", "tfp^-beta_fish", "tfp^beta_fish"),
    ("B2 catch-up runs out: dropped", "04-innovation.yaml", "pos(frontier / tfp - 1, 0.05)", "pos(frontier - 1, 0.05)"),
    ("B3 scarce researchers: flipped", "04-innovation.yaml", "talent_ratio^res_share", "talent_ratio^-res_share"),
    ("B4 crowded city: flipped", "03-people.yaml", "housing_burden^-live_house", "housing_burden^live_house"),
    ("B5 price: flipped", "05-production.yaml", "ln(demand / capacity)\n", "ln(capacity / demand)\n"),
    ("B6 returns draw investment: flipped", "05-production.yaml", "+ psi_ret * ", "- psi_ret * "),
    ("B7 funds limit investment: dropped", "05-production.yaml", " * fin_access * fin_ratio", " * fin_access"),
    ("B8 fiscal reaction: flipped", "06-accounts.yaml", "- bohn * ", "+ bohn * "),
    ("B9 reform overload: flipped", "10-institutions.yaml", "^(-overload / 6)", "^(overload / 6)"),
    ("B10 carbon price saves energy: flipped", "12-carbon.yaml", "^-price_el - price_eff", "^price_el - price_eff"),
    ("B10 full bank lowers the price: flipped", "12-carbon.yaml", "bank_target - allowance_bank",
     "bank_target + allowance_bank"),
    ("B11 moving frontier: dropped", "04-innovation.yaml", "outflows: [self_reliance_loss]", "outflows: []"),
    ("B12 opening scraps capital: dropped", "05-production.yaml", "(scrap_open + scrap_carbon)", "scrap_carbon"),
    ("B13 relocation leaves the city: dropped", "05-production.yaml", "scrapping, relocation]", "scrapping]"),
    ("B14 delivery limit: flipped", "14-budget.yaml", "1 - delivery_loss * ", "1 + delivery_loss * "),
    ("openness pays by institutions: dropped", "04-innovation.yaml", "open_el * biz_quality / bq0", "0 * open_el"),
    ("land lock keeps land: flipped", "08-factor-markets.yaml", "(1 - land_lock)", "(1 + land_lock)"),
    ("transfers level incomes: flipped", "13-income.yaml", "- tr_eff * ", "+ tr_eff * "),
    ("interest is paid: dropped", "14-budget.yaml", " + gov_investment + interest_paid", " + gov_investment"),
    ("carbon price strands capital: dropped", "05-production.yaml", "(scrap_open + scrap_carbon)", "scrap_open"),
    ("talent programme: dropped", "14-budget.yaml", "talent_programme * emphasis[innovation] * result_ratio",
     "0 * talent_programme * emphasis[innovation] * result_ratio"),
    ("seed, power source needs integration: dropped", "11-delta.yaml", "ones_r * spill * yrd_int / yrd0",
     "ones_r * spill"),
    ("seed, a unified market buys: flipped", "05-production.yaml", "(yrd_int / yrd0)^yrd_dem_el",
     "(yrd_int / yrd0)^-yrd_dem_el"),
    ("seed, blockade hits what depends: dropped", "04-innovation.yaml", "choke_hit * dep * blockade",
     "choke_hit * 0.4 * blockade"),
    ("seed, money stays away from industry: flipped", "05-production.yaml", "1 - fin_gap * (1 - cap_depth)",
     "1 + fin_gap * (1 - cap_depth)"),
    ("seed, pricing power needs rules: dropped", "15-indicators.yaml", "rules * cap_depth * fx_turnover",
     "0.4 * cap_depth * fx_turnover"),
    ("seed, the world's exchanges grow: flipped", "15-indicators.yaml", "exp(-g_world_cap * ", "exp(g_world_cap * "),
    ("seed, coordination needs level: dropped", "15-indicators.yaml", "sqrt(coupling * u_mean)", "sqrt(coupling)"),
    ("green finance: flipped", "12-carbon.yaml", "(1 - gf_gain * ", "(1 + gf_gain * "),
]


def mutate(folder, name, file, old, new):
    """True when the text stood once and was replaced."""
    path = folder / "models" / "shanghai" / file
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        print(f"BROKEN    {name}: {old!r} stands {text.count(old)} times in {file}")
        return False
    path.write_text(text.replace(old, new), encoding="utf-8")
    return True


def notice(simulate, folder):
    """Names of the tests that fail, or None when the model could not be tested."""
    done = subprocess.run([simulate, "test", "--quiet", folder / "models" / "shanghai"], capture_output=True, text=True,
                          errors="replace", check=False)
    failed = re.findall(r"error: (.*?): not so: ", done.stderr)
    if done.returncode == 3 and not failed:
        failed = ["a run that breaks down"]
    if done.returncode == 0 or failed:
        return sorted(set(failed))
    print(f"exit status {done.returncode}\n{done.stderr[:2000]}")
    return None


def try_mutation(simulate, mutation):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for part in ("models/shanghai", "scenarios"):
            shutil.copytree(ROOT / part, folder / part)
        if mutation and not mutate(folder, *mutation):
            return None
        return notice(simulate, folder)


def main(argv):
    if len(argv) < 2:
        print(__doc__)
        return 2
    if try_mutation(argv[1], None) != []:
        print("the tests must pass on the model as it is")
        return 1
    chosen = [m for m in MUTATIONS if not argv[2:] or any(word in m[0] for word in argv[2:])]
    missed = 0
    for mutation in chosen:
        failed = try_mutation(argv[1], mutation)
        missed += not failed
        if failed is not None:
            print(f"{'noticed' if failed else 'MISSED':9} {mutation[0]}: {len(failed)} tests"
                  + (f", as {failed[0]}" if failed else ""), flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} broken links are noticed")
    return 1 if missed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
