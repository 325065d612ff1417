using Fanout.Flow;
using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>
/// Items by key. A bounded window of keys is open at a time; those that may start something stand in a ring and are served in turn, an item
/// each. A key that may not, for its own concurrency, rate, order or back-off, stands aside and takes up nothing but its place in the window;
/// when all its items are settled the next key of the range takes that place.
/// </summary>
/// <remarks>
/// All work on a key is here: the range of a batch is a range of keys, and no other batch has the same. So what is allowed a key needs no
/// agreement with anyone.
/// </remarks>
internal sealed partial class KeyedFeed : ItemFeed
{
    /// <summary>Keys open at once: so many at least, and 4 for each item in flight.</summary>
    public const int MinWindow = 1_000;

    // Keys that stand in the ring, at least, and one for each item in flight: among so many a key with very many items gets but its turn.
    private const int MinReady = 128;

    // With retries of a key that wait, no new ones of it are taken while so many wait over all keys.
    private const int MaxWaiting = RetryQueue.MaxWaiting;

    private readonly TimeProvider _time;
    private readonly KeyRuns _runs;
    private readonly Dictionary<long, OpenKey> _keys = [];
    private readonly Queue<OpenKey> _ring = [];
    private readonly PriorityQueue<OpenKey, Int128> _timed = new();
    private readonly RetryQueue _waiting = new();
    private readonly KeyRate _rate;
    private readonly ItemCosts? _costs;
    private readonly int _concurrency;
    private readonly int _whole;
    private readonly bool _isOrdered;
    private readonly int _window;
    private readonly int _ready;
    private readonly long _end;
    private readonly long _origin;
    private readonly DateTimeOffset _originUtc;
    private readonly Int128 _spent;
    private readonly long _bytesPerItem;
    private long _next;
    private int _due;

    private KeyedFeed(RunScope scope, PerKeySpec perKey, KeyRuns runs, (long Next, long End) range, long items, bool mayHaveRun)
    {
        _bytesPerItem = Math.Max(1, runs.Length / Math.Max(1, items));
        _time = scope.Time;
        _runs = runs;
        _rate = new KeyRate(perKey);
        _concurrency = perKey.Ordered ? 1 : perKey.Concurrency ?? int.MaxValue;
        _whole = Math.Min(_concurrency, scope.Allotment.Concurrency);
        _costs = scope.Costs;
        _isOrdered = perKey.Ordered;
        _window = (int)Math.Max(MinWindow, 4L * scope.Allotment.Concurrency);
        _ready = Math.Max(MinReady, scope.Allotment.Concurrency);
        (_next, _end) = range;
        _origin = _time.GetTimestamp();
        _originUtc = _time.GetUtcNow();
        if (mayHaveRun)
            _spent = _rate.Spent(0);
        else if (scope.HasRunBefore)
            _spent = _rate.Spent(-(Int128)_time.GetElapsedTime(scope.Since, _origin).Ticks * KeyRate.UnitsPerTick);
    }

    public override long Next => _next;

    public override bool IsRangeTaken => _next >= _end;

    public override bool HoldsNothing => _keys.Count == 0;

    public override int WaitingCount => _waiting.Count + _due;

    public override bool Varies => true;

    public override long WaitingForKey => _keys.Values.Sum(key => key.IsInRing ? 0 : (key.Due?.Count ?? 0) + CountUntaken(key));

    public override DateTimeOffset? NextDue
    {
        get
        {
            if (_ring.Count > 0)
                return DateTimeOffset.MinValue;
            var timed = _timed.TryPeek(out _, out var due) ? ToUtc(due) : (DateTimeOffset?)null;
            return timed is { } time && !(_waiting.NextDue < time) ? time : _waiting.NextDue;
        }
    }

    private bool MayOpen => _next < _end && _keys.Count < _window;

    public override long CountStartable()
    {
        Admit(Now());
        return MayOpen ? int.MaxValue : _ring.Count;
    }

    // Of two that are slow, each holds up the other's next items.
    public override bool IsHeldUpBy(IReadOnlySet<OpenKey> keys) => keys.Count > 0
        && (CountStartable() > 0 || !IsRangeTaken || _keys.Values.Any(key => (key.HasUntaken || key.Held > 0) && (keys.Count > 1 || !keys.Contains(key))));

    public override Take Take(Worker worker)
    {
        var now = Now();
        Admit(now);
        if (_loading || (MayOpen && _ring.Count < _ready / 2))
            return Processing.Take.Read;
        while (_ring.TryPeek(out var key))
        {
            var mayStart = MayStart(key, now) && DueOf(key) <= now;
            if (mayStart && !key.HasDue && key.NeedsLoad)
                return Processing.Take.Read;
            _ring.Dequeue();
            key.IsInRing = false;
            if (mayStart)
                Start(key, worker, now);
            Place(key, now);
            if (mayStart)
                return Processing.Take.Item;
        }

        return Processing.Take.Nothing;
    }

    public override void Wait(Worker worker, Outcome outcome)
    {
        var key = worker.Key!;
        _waiting.Add(new WaitingItem(worker.KeepItem(), outcome.Attempts, outcome.NotBefore, outcome.Error) { Key = key, Offset = worker.Offset });
        key.Waiting++;
        if (_isOrdered && outcome.NotBefore > _originUtc)
            Hold(key, FromUtc(outcome.NotBefore));
    }

    public override void Release(OpenKey key, int units)
    {
        key.InFlight -= units;
        Place(key, Now());
    }

    public override void NoteStart(Worker worker)
    {
        var now = Now();
        var key = worker.Key!;
        key.Arrival = _rate.Late(key.Arrival, now, worker.KeyUnits, FactorOf(key, now));
    }

    public override void NoteThrottled(OpenKey key, TimeSpan? retryAfter)
    {
        var now = ToSpan(Now());
        key.Throttle = key.Throttle.Throttled(now, retryAfter);
        Hold(key, FromSpan(now + key.Throttle.BlockedFor(now)));
    }

    public override void NoteSuccess(OpenKey key)
    {
        if (key.Throttle.IsActive)
            key.Throttle = key.Throttle.Succeeded(ToSpan(Now()));
    }

    public override ValueTask DisposeAsync() => _runs.DisposeAsync();

    // What an item counts for against its key's limits.
    private int UnitsOf(in Item item) => _costs?.Read(item, out _) ?? 1;

    // While that is not known, as its item is not at hand, it may be as little as 1.
    private int NextUnitsOf(OpenKey key)
    {
        if (_costs is null || !key.HasNext)
            return 1;
        if (key.NextUnits == 0)
            key.NextUnits = UnitsOf(key.Peek());
        return key.NextUnits;
    }

    private void Start(OpenKey key, Worker worker, Int128 now)
    {
        var units = NextUnitsOf(key);
        _due -= key.HasDue ? 1 : 0;
        key.GiveNext(worker);
        worker.KeyUnits = units;
        key.InFlight += units;
        key.Arrival = _rate.After(key.Arrival, now, units, FactorOf(key, now));
    }

    // Whatever has come to its time is put where it belongs.
    private void Admit(Int128 now)
    {
        if (_waiting.Count > 0)
        {
            var utcNow = _time.GetUtcNow();
            while (_waiting.TryTakeDue(utcNow, out var item))
            {
                var key = item.Key!;
                key.Waiting--;
                (key.Due ??= []).Enqueue(item);
                key.NextUnits = 0;
                _due++;
                Place(key, now);
            }
        }

        while (_timed.TryPeek(out var key, out var due) && due <= now)
        {
            _timed.Dequeue();
            key.IsTimed = false;
            Place(key, now);
        }
    }

    // To be called after every change of a key: puts it into the ring, in front of the clock, aside, or away.
    private void Place(OpenKey key, Int128 now)
    {
        if (key.IsInRing)
            return;
        if (key.IsDone)
        {
            _keys.Remove(key.Number);
            return;
        }

        if (!MayStart(key, now))
            return;
        var due = DueOf(key);
        if (due <= now)
        {
            key.IsInRing = true;
            _ring.Enqueue(key);
        }
        else if (!key.IsTimed)
        {
            key.IsTimed = true;
            _timed.Enqueue(key, due);
        }
    }

    // A key that always fails would fill the batch with items that wait. It gets no new ones then, the others still do; and as one of its own
    // waits, it is looked at again.
    private bool MayStart(OpenKey key, Int128 now) =>
        (key.HasDue || (key.HasUntaken && (key.Held == 0 || WaitingCount < MaxWaiting)))
        && (key.InFlight == 0 || (!_isOrdered && key.InFlight + (long)NextUnitsOf(key) <= ConcurrencyOf(key, now)))
        && !(_isOrdered && key.Waiting > 0);

    private int ConcurrencyOf(OpenKey key, Int128 now) =>
        key.Throttle.IsActive ? Math.Max(1, (int)(_whole * FactorOf(key, now))) : _concurrency;

    private static double FactorOf(OpenKey key, Int128 now) => key.Throttle.IsActive ? key.Throttle.FactorAt(ToSpan(now)) : 1;

    private Int128 DueOf(OpenKey key)
    {
        var byRate = _rate.Due(key.Arrival, NextUnitsOf(key));
        return key.NotBefore > byRate ? key.NotBefore : byRate;
    }

    private static void Hold(OpenKey key, Int128 until)
    {
        if (until > key.NotBefore)
            key.NotBefore = until;
    }

    // Records differ in length: for an answer in percent the average does.
    private long CountUntaken(OpenKey key) => key.HasUntaken ? Math.Max(1, (key.End - key.Offset) / _bytesPerItem) : 0;

    private Int128 Now() => (Int128)_time.GetElapsedTime(_origin).Ticks * KeyRate.UnitsPerTick;

    private static TimeSpan ToSpan(Int128 time) => TimeSpan.FromTicks((long)(time / KeyRate.UnitsPerTick));

    private static Int128 FromSpan(TimeSpan time) => (Int128)time.Ticks * KeyRate.UnitsPerTick;

    private Int128 FromUtc(DateTimeOffset time) => (Int128)(time - _originUtc).Ticks * KeyRate.UnitsPerTick;

    private DateTimeOffset ToUtc(Int128 time)
    {
        var ticks = (time + KeyRate.UnitsPerTick - 1) / KeyRate.UnitsPerTick;
        return ticks > (DateTimeOffset.MaxValue - _originUtc).Ticks ? DateTimeOffset.MaxValue : _originUtc.AddTicks((long)ticks);
    }
}
