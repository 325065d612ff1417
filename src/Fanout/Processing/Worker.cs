using System.Buffers;
using System.Text.Json;
using Fanout.Flow;
using Fanout.Handlers;
using Fanout.Results;
using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>Handles one item after another; reuses its buffers. Its item and outcome are read by the batch under the batch's lock.</summary>
internal sealed partial class Worker(RunScope scope, Action handlerAwaits) : IDisposable
{
    /// <summary>Largest result of one item: 1 MiB. A larger one fails the item.</summary>
    public const int MaxOutputBytes = 1 << 20;

    private readonly ArrayBufferWriter<byte> _output = new(256);
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private byte[] _bytes = [];
    private AttemptTimeout? _timeout;
    private ItemError? _lastError;
    private ItemError? _costRefusal;
    private bool _isWaitingItem;
    private bool _lineIsReady;
    private volatile bool _isHandling;

    public Item Item { get; private set; }

    /// <summary>Attempts made at the item in hand before this one.</summary>
    public int Attempts { get; private set; }

    public bool HoldsItem { get; private set; }

    /// <summary>Units the item in hand counts for.</summary>
    public int Cost { get; private set; } = 1;

    /// <summary>Slots the worker holds: one between items, as many as the item counts for while it works one.</summary>
    public int Units { get; set; } = 1;

    public Outcome? Outcome { get; private set; }

    /// <summary>How the attempt at the item in hand ended.</summary>
    public AttemptEnd LastEnd { get; private set; }

    /// <summary>When it was throttled: what the downstream asked for; null: it did not say.</summary>
    public TimeSpan? RetryAfter { get; private set; }

    public bool IsHandling => _isHandling;

    /// <summary>Timestamp of the last handler's start.</summary>
    public long HandlingSince { get; private set; }

    /// <summary>A handler that did not obey its cancelled token and was left behind; the worker must not be used again.</summary>
    public Task? Abandoned { get; private set; }

    /// <summary>The key of the item whose handler was left behind: it counts as in flight until that handler ends.</summary>
    public OpenKey? AbandonedKey { get; private set; }

    public ReadOnlySpan<byte> Output => _output.WrittenSpan;

    /// <summary>In one handler for more than 20 ms.</summary>
    public bool IsStuckInHandler => IsHandlingFor(TimeSpan.FromMilliseconds(20));

    /// <summary>The item's key, in a run with limits by key.</summary>
    public OpenKey? Key { get; private set; }

    /// <summary>With a key: where the item's record begins in the partition.</summary>
    public long Offset { get; private set; }

    /// <summary>With a key: what the item counts for against the key's limits.</summary>
    public int KeyUnits { get; set; } = 1;

    /// <summary>When its handlers are to stop. Default: with the run's.</summary>
    public HandlerTokens Tokens { get; init; } = scope.HandlerTokens;

    /// <summary>Why no item is handled; null: they are.</summary>
    public ItemError? Refusal { get; init; }

    /// <summary>In one handler for longer than this.</summary>
    public bool IsHandlingFor(TimeSpan duration) => _isHandling && scope.Time.GetElapsedTime(HandlingSince) > duration;

    /// <summary>Takes an item whose bytes are the reader's: they are copied.</summary>
    public void Hold(in Item item)
    {
        var length = item.Value.Length;
        if (_bytes.Length < length)
            _bytes = new byte[Math.Max(length, 256)];
        item.Value.Span.CopyTo(_bytes);
        Set(item with { Value = _bytes.AsMemory(0, length) }, 0, null, isWaitingItem: false);
    }

    /// <summary>Takes an item of a key; its bytes are copied.</summary>
    public void Hold(in Item item, OpenKey key, long offset)
    {
        Hold(item);
        Key = key;
        Offset = offset;
    }

    /// <summary>Takes an item that waited; it has bytes of its own.</summary>
    public void Hold(WaitingItem waiting)
    {
        Set(waiting.Item, waiting.Attempts, waiting.LastError, isWaitingItem: true);
        Key = waiting.Key;
        Offset = waiting.Offset;
    }

    /// <summary>The item with bytes of its own, to outlive this worker's next.</summary>
    public Item KeepItem() => _isWaitingItem ? Item : Item with { Value = Item.Value.ToArray() };

    public PendingItem DescribeHeld() => new(Item.Index, Attempts, null) { Offset = Key is null ? null : Offset, Key = Key?.Number };

    public void Drop()
    {
        HoldsItem = false;
        Outcome = null;
        Key = null;
    }

    /// <summary>Reads what the item in hand counts for; one that has no legal cost counts for 1, and fails when it is handled.</summary>
    public void ReadCost(ItemCosts costs) => Cost = costs.Read(Item, out _costRefusal);

    private async ValueTask HandleItemAsync()
    {
        if (Defect() is { } defect)
        {
            Conclude(Processing.Outcome.Settled(OutcomeStatus.Failed, Attempts, TimeSpan.Zero, defect));
            return;
        }

        var attempt = Attempts + 1;
        var token = ArmTimeout();
        HandlingSince = scope.Time.GetTimestamp();
        _isHandling = true;
        Task? handling = null;
        try
        {
            var context = new ItemContext(scope.RunId, Item, attempt, scope.Logger);
            var handled = _isTraced ? CallTracedAsync(context, token) : scope.Handler.HandleAsync(context, _output, token);
            if (handled.IsCompleted)
            {
                handled.GetAwaiter().GetResult();
            }
            else
            {
                handlerAwaits();
                handling = handled.AsTask();
                await WaitAsync(handling).ConfigureAwait(false);
            }

            LastEnd = AttemptEnd.Succeeded;
            Conclude(Succeeded(attempt));
        }
#pragma warning disable CA1031 // The handler boundary: a handler's exception becomes an outcome here, once.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (handling is { IsCompleted: false })
                (Abandoned, AbandonedKey) = (handling, Key);
            Conclude(Judge(failure, attempt));
        }
        finally
        {
            _isHandling = false;
            DisarmTimeout();
            if (_measures)
                Measure();
        }
    }

    /// <summary>Sets what came of the item and, while no lock is held, writes its line.</summary>
    public void Conclude(Outcome outcome)
    {
        Outcome = outcome;
        _lineIsReady = outcome.Disposition == Disposition.Settled && scope.Spec.Results.Keep != KeepResults.None;
        if (_lineIsReady)
            WriteLine(outcome);
    }

    /// <summary>The item's line of the results.</summary>
    public ReadOnlySpan<byte> Line(Outcome settled)
    {
        if (!_lineIsReady || settled != Outcome)
            WriteLine(settled);
        return _line.WrittenSpan;
    }

    public void Dispose() => _timeout?.Dispose();

    private void Set(Item item, int attempts, ItemError? lastError, bool isWaitingItem)
    {
        Item = item;
        Attempts = attempts;
        _lastError = lastError;
        _isWaitingItem = isWaitingItem;
        HoldsItem = true;
        Outcome = null;
        LastEnd = AttemptEnd.None;
        _output.ResetWrittenCount();
    }

    private void WriteLine(Outcome settled)
    {
        _line.ResetWrittenCount();
        var output = settled.Status == OutcomeStatus.Succeeded ? _output.WrittenSpan : default;
        ResultLineWriter.Write(_line, new ItemHead(Item.Index, Item.Key), settled.Status, output, settled.Error, settled.Attempts, settled.Duration);
    }

    private ItemError? Defect() => Item.Defect ?? Refusal ?? (Item.IsText ? null : JsonDefect()) ?? _costRefusal;

    private ItemError? JsonDefect()
    {
        try
        {
            var reader = new Utf8JsonReader(Item.Value.Span);
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException malformed)
        {
            var where = Item.Line > 0 ? $"Line {Item.Line}" : $"Item {Item.Index}";
            return ItemError.Create("MalformedItem", $"{where} is not valid JSON: {malformed.Message}");
        }
    }

    private Outcome Succeeded(int attempt)
    {
        var duration = scope.Time.GetElapsedTime(HandlingSince);
        return _output.WrittenCount <= MaxOutputBytes
            ? Processing.Outcome.Settled(OutcomeStatus.Succeeded, attempt, duration)
            : Processing.Outcome.Settled(OutcomeStatus.Failed, attempt, duration, new ItemError(
                "ResultTooLarge", $"The result has {_output.WrittenCount:N0} bytes; at most {MaxOutputBytes:N0} are kept. Store it elsewhere and return where."));
    }

    private Outcome Judge(Exception failure, int attempt)
    {
        var duration = scope.Time.GetElapsedTime(HandlingSince);
        var gate = scope.Gate;
        if (Tokens.Cancelled.IsCancellationRequested)
        {
            return gate.CancelsItemsInFlight
                ? Processing.Outcome.Settled(OutcomeStatus.Cancelled, attempt, duration, _lastError ?? new ItemError("Cancelled", "The run ended while the item was in flight."))
                : Processing.Outcome.PutBack(attempt - 1);
        }

        var timedOut = _timeout is { IsCancelled: true };
        var (error, retryable, retryAfter, throttled) = timedOut
            ? (new ItemError("Timeout", $"The attempt ran longer than {scope.Spec.Failure.Timeout!.Value.TotalSeconds:0.###} s."), true, null, false)
            : HandlerErrors.Describe(failure);
        LastEnd = throttled ? AttemptEnd.Throttled : timedOut ? AttemptEnd.TimedOut : AttemptEnd.Failed;
        RetryAfter = retryAfter;
        if (!retryable || attempt >= scope.Spec.Failure.Retry.MaxAttempts || gate.Stop is not null)
            return Processing.Outcome.Settled(timedOut ? OutcomeStatus.TimedOut : OutcomeStatus.Failed, attempt, duration, error);
        var delay = RetryBackoff.Delay(scope.Spec.Failure.Retry, attempt, retryAfter, scope.Jitter());
        return Processing.Outcome.TryAgain(attempt, duration, scope.Time.GetUtcNow() + delay, error);
    }

    // A handler gets AbandonAfter to obey its cancelled token; then its item is settled without it.
    private Task WaitAsync(Task handling) => scope.Spec.Failure.Timeout is { } timeout
        ? handling.WaitAsync(timeout + RunScope.AbandonAfter, scope.Time, Tokens.Abandoned)
        : handling.WaitAsync(Tokens.Abandoned);

    private CancellationToken ArmTimeout()
    {
        if (scope.Spec.Failure.Timeout is not { } limit)
            return Tokens.Cancelled;
        _timeout ??= new AttemptTimeout(scope, limit, Tokens.Cancelled);
        return _timeout.Start();
    }

    private void DisarmTimeout()
    {
        // A handler that was left behind keeps its token.
        if (_timeout is null || (_timeout.TryReset() && Abandoned is null))
            return;
        _timeout.Dispose();
        _timeout = null;
    }
}
