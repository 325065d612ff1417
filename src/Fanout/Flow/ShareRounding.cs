namespace Fanout.Flow;

/// <summary>Makes whole permits of fair shares, for <see cref="ShareAllocator.Allocate"/>.</summary>
internal sealed class ShareRounding
{
    /// <summary>Less than this is an error of rounding, not a part of a permit.</summary>
    private const double Nothing = 1e-9;

    private readonly int _capacity;
    private readonly IReadOnlyList<ShareClaim> _claims;
    private readonly double[] _shares;
    private readonly int[] _units;
    private readonly int[] _wanted;
    private readonly int[] _floors;
    private readonly int[] _ranking;
    private readonly int[] _given;

    public ShareRounding(int capacity, IReadOnlyList<ShareClaim> claims, double[] shares)
    {
        _capacity = capacity;
        _claims = claims;
        _shares = shares;
        _given = new int[claims.Count];
        _units = [.. claims.Select(claim => Math.Min(Math.Max(claim.Unit, 1), capacity))];
        _wanted = [.. claims.Select((claim, i) => claim.Wanted <= 0 ? 0 : Math.Min(Math.Max(claim.Wanted, _units[i]), capacity))];
        _floors = [.. shares.Select((share, i) => Floor(share) >= _units[i] ? Floor(share) : 0)];
        _ranking = Rank(_floors);
    }

    /// <summary>What each gets.</summary>
    public int[] Round()
    {
        if (_capacity == 0)
            return _given;
        var units = GiveUnits();
        GiveFloorsAndTurns(_capacity - units);
        GiveWhatIsLeft();
        return _given;
    }

    /// <summary>Seconds of its share that a claimant is behind it: what fair queueing calls virtual time (A. Demers, S. Keshav, S. Shenker, SIGCOMM 1989).</summary>
    private double Behind(int i) => _claims[i].Credit / Math.Max(_shares[i], Nothing);

    private bool HoldsMoreThan(int[] floors, int i) => _claims[i].Granted > floors[i] && _claims[i].Granted >= _units[i];

    /// <summary>Those who want something, whoever has the best claim to more than its floor first.</summary>
    private int[] Rank(int[] floors) =>
    [
        .. Enumerable.Range(0, _claims.Count).Where(i => _wanted[i] > 0)
            .OrderByDescending(i => Behind(i) + (HoldsMoreThan(floors, i) ? ShareAllocator.TurnQuantum : 0))
            .ThenByDescending(i => HoldsMoreThan(floors, i)).ThenByDescending(TakesTurns),
    ];

    /// <summary>True: its share does not reach for one unit, so it has units in turns.</summary>
    private bool TakesTurns(int i) => _floors[i] == 0;

    /// <summary>
    /// Gives units to those who have them in turns; returns how many permits that takes. Those left by rounding go by rank, to whole shares' remainders
    /// too; units that are more than is left of them go only to who is behind, and others get less than their share meanwhile.
    /// </summary>
    private int GiveUnits()
    {
        var left = _capacity - _floors.Sum();
        var given = 0;
        foreach (var i in _ranking)
        {
            if (left <= 0)
                break;
            if (!TakesTurns(i))
            {
                left -= MayHaveOneMore(i, _shares[i]) ? 1 : 0;
                continue;
            }

            if (_units[i] > left && (given + _units[i] > _capacity || !IsEntitled(i)))
                continue;
            _given[i] = _units[i];
            given += _units[i];
            left -= _units[i];
        }

        return given;
    }

    private bool IsEntitled(int i) => Behind(i) > (HoldsMoreThan(_floors, i) ? -ShareAllocator.TurnQuantum : 0);

    /// <summary>Gives those whose share reaches for a unit the whole permits of what is left, and the remainders by rank.</summary>
    private void GiveFloorsAndTurns(int capacity)
    {
        // Larger units than one taken off, or not taken, leave others less or more than their floors.
        var (shares, floors) = (_shares, _floors);
        if (Enumerable.Range(0, shares.Length).Any(i => TakesTurns(i) && _wanted[i] > 0 && _units[i] > 1))
        {
            shares = ShareAllocator.Shares(capacity, [.. _claims.Select((claim, i) => TakesTurns(i) ? claim with { Wanted = 0 } : claim)]);
            floors = [.. shares.Select(Floor)];
        }

        var left = capacity - floors.Sum();
        foreach (var i in Rank(floors).Where(i => !TakesTurns(i)))
        {
            var whole = floors[i];
            if (left > 0 && MayHaveOneMore(i, shares[i]))
                whole++;
            if (whole < _units[i])
                continue;
            left -= whole - floors[i];
            _given[i] = whole;
        }
    }

    /// <summary>Gives permits that nobody has a better claim to, by rank: units to who has none, then whatever is wanted to who has some.</summary>
    private void GiveWhatIsLeft()
    {
        var left = _capacity - _given.Sum();
        foreach (var i in _ranking.Where(i => _given[i] == 0 && _units[i] <= left))
        {
            if (_units[i] > left)
                continue;
            _given[i] = _units[i];
            left -= _units[i];
        }

        left = Grow(left, i => Math.Min(_wanted[i], _claims[i].Granted));
        Grow(left, i => _wanted[i]);
    }

    private int Grow(int left, Func<int, int> upTo)
    {
        foreach (var i in _ranking.Where(i => _given[i] > 0))
        {
            var more = Math.Clamp(upTo(i) - _given[i], 0, left);
            _given[i] += more;
            left -= more;
        }

        return left;
    }

    private static int Floor(double share) => (int)Math.Floor(share + Nothing);

    /// <summary>True: it is due the rest of its share, or what it lost to others' units.</summary>
    private bool MayHaveOneMore(int i, double share) =>
        share - Floor(share) > Nothing || (Behind(i) > ShareAllocator.TurnQuantum && _wanted[i] > Floor(share));
}
