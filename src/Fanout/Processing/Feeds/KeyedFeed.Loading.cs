using Fanout.Flow;
using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>Reading items, and handing keys on from one batch to the next.</summary>
internal sealed partial class KeyedFeed
{
    // Of a key's items so much is loaded at once, less when many keys are open: 16 MiB over all of them.
    private const int MaxChunkBytes = 16 << 10;
    private const int MaxLoadedBytes = 16 << 20;

    private bool _loading;
    private Loaded? _loaded;

    public static async ValueTask<ItemFeed> OpenAsync(RunScope scope, PerKeySpec perKey, BatchInput input, BatchCheckpoint? checkpoint)
    {
        var runs = KeyRuns.Open(scope.Workspace);
        try
        {
            var feed = new KeyedFeed(scope, perKey, runs, (checkpoint?.Next ?? input.Start, input.End), input.Source.ItemCount, mayHaveRun: checkpoint is not null || input.MayHaveRun);
            await feed.RestoreAsync(checkpoint?.Keys ?? input.Keys, checkpoint?.Unsettled ?? input.Pending).ConfigureAwait(false);
            return feed;
        }
        catch
        {
            await runs.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task BeginLoad()
    {
        _loading = true;
        var dry = _ring.Where(key => key.NeedsLoad).ToList();
        var opening = MayOpen ? Math.Min(_window - _keys.Count, Math.Max(_ready - _ring.Count, 0)) : 0;
        var chunk = Math.Clamp(MaxLoadedBytes / (_keys.Count + opening + 1), 1, MaxChunkBytes);
        return LoadAsync(dry, (_next, Math.Min(_next + opening, _end)), chunk);
    }

    public override void EndLoad()
    {
        _loading = false;
        foreach (var (key, records) in _loaded!.Dry)
            key.Load(records);
        foreach (var key in _loaded.Opened)
        {
            _keys.Add(key.Number, key);
            Place(key, Now());
        }

        _next += _loaded.Opened.Count;
        _loaded = null;
    }

    public override IReadOnlyList<KeyRest> DescribeKeys()
    {
        var now = Now();
        return [.. _keys.Values.Where(key => key.HasUntaken || (key.Held > 0 && (key.Arrival > now || key.NotBefore > now || key.Throttle.IsActive)))
            .OrderBy(key => key.Number)
            .Select(key => new KeyRest(key.Number, key.Offset, Ahead(key.Arrival), Ahead(DueOf(key)), (int)Math.Round((1 - FactorOf(key, now)) * 1_000)))];

        DateTimeOffset? Ahead(Int128 time) => time > now ? ToUtc(time) : null;
    }

    public override IEnumerable<PendingItem> DescribeWaiting() =>
        _waiting.Describe().Concat(_keys.Values.Where(key => key.HasDue).SelectMany(key => key.Due!.Select(item => item.Describe())));

    public override IReadOnlyList<WaitingItem> TakeTried()
    {
        Admit(Now());
        var tried = new List<WaitingItem>();
        foreach (var item in _waiting.TakeTried())
        {
            item.Key!.Waiting--;
            tried.Add(item);
        }

        foreach (var key in _keys.Values.Where(key => key.HasDue))
        {
            tried.AddRange(key.Due!.Where(item => item.Attempts > 0));
            _due -= key.Due!.Count;
            key.Due = new Queue<WaitingItem>(key.Due.Where(item => item.Attempts == 0));
            _due += key.Due.Count;
        }

        foreach (var item in tried)
            item.Key!.InFlight += UnitsOf(item.Item);
        return tried;
    }

    private async Task LoadAsync(List<OpenKey> dry, (long From, long To) opening, int chunk)
    {
        // What follows is not for the batch's lock, which is held.
        await Task.Yield();
        var loaded = new Loaded();
        foreach (var key in dry)
            loaded.Dry.Add((key, await _runs.ReadAsync(key.Offset, key.End, chunk, readOn: false).ConfigureAwait(false)));
        for (var number = opening.From; number < opening.To; number++)
        {
            var (start, end) = await _runs.SpanAsync(number).ConfigureAwait(false);
            var key = new OpenKey(number) { Offset = start, End = end, Arrival = _spent };
            key.Load(await _runs.ReadAsync(start, end, chunk, readOn: end - start <= chunk).ConfigureAwait(false));
            loaded.Opened.Add(key);
        }

        _loaded = loaded;
    }

    private async ValueTask RestoreAsync(IReadOnlyList<KeyRest> rests, IReadOnlyList<PendingItem> pending)
    {
        foreach (var rest in rests)
        {
            var key = await AddAsync(rest.Number).ConfigureAwait(false);
            key.Offset = rest.Offset;
            if (rest.Arrival is { } arrival && FromUtc(arrival) > key.Arrival)
                key.Arrival = FromUtc(arrival);
            if (rest.NotBefore is { } notBefore)
                Hold(key, FromUtc(notBefore));
            if (rest.SlowedPerMille > 0)
                key.Throttle = new AimdState(rest.SlowedPerMille / 1_000.0, ToSpan(key.NotBefore), HalvesFrom: TimeSpan.Zero);
        }

        foreach (var wanted in pending.OrderBy(item => item.Offset))
        {
            var offset = wanted.Offset ?? throw new InvalidOperationException($"Item {wanted.Index}, which is pending, has no place in the partition by key.");
            var record = await _runs.ReadOneAsync(offset).ConfigureAwait(false);
            var number = KeyedRecord.KeyOf(record);
            var key = _keys.TryGetValue(number, out var open) ? open : await AddAsync(number).ConfigureAwait(false);
            key.Waiting++;
            _waiting.Add(new WaitingItem(KeyedRecord.Parse(record), wanted.Attempts, wanted.NotBefore ?? DateTimeOffset.MinValue, null) { Key = key, Offset = offset });
        }

        foreach (var key in _keys.Values)
            Place(key, 0);
    }

    // As one all of whose items were taken.
    private async ValueTask<OpenKey> AddAsync(long number)
    {
        var (_, end) = await _runs.SpanAsync(number).ConfigureAwait(false);
        var key = new OpenKey(number) { Offset = end, End = end, Arrival = _spent };
        _keys.Add(number, key);
        return key;
    }

    private sealed class Loaded
    {
        public List<(OpenKey Key, byte[] Records)> Dry { get; } = [];

        public List<OpenKey> Opened { get; } = [];
    }
}
