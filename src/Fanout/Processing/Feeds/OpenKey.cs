using Fanout.Flow;
using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>One key under way in a batch: a cursor into its items, and what its limits know of it. Guarded by the batch's lock.</summary>
/// <param name="number">Its number in the partition.</param>
internal sealed class OpenKey(long number)
{
    private byte[] _chunk = [];
    private int _at;

    public long Number { get; } = number;

    /// <summary>Where its first item that was not taken begins.</summary>
    public long Offset { get; set; }

    /// <summary>Where its items end.</summary>
    public long End { get; set; }

    /// <summary>Units in flight.</summary>
    public int InFlight { get; set; }

    /// <summary>Items that wait for another attempt and are not due.</summary>
    public int Waiting { get; set; }

    /// <summary>Items that wait for another attempt and are due; null: none ever was.</summary>
    public Queue<WaitingItem>? Due { get; set; }

    /// <summary>By its rate: when the next start would come if starts were spaced evenly.</summary>
    public Int128 Arrival { get; set; }

    /// <summary>How far its downstream has slowed it down.</summary>
    public AimdState Throttle { get; set; }

    /// <summary>What its next item counts for; 0: that is not known.</summary>
    public int NextUnits { get; set; }

    /// <summary>Nothing of it starts before this, whatever its rate says.</summary>
    public Int128 NotBefore { get; set; }

    public bool IsInRing { get; set; }

    public bool IsTimed { get; set; }

    public int Held => Waiting + (Due?.Count ?? 0);

    public bool HasDue => Due is { Count: > 0 };

    public bool HasUntaken => Offset < End;

    public bool NeedsLoad => HasUntaken && _at == _chunk.Length;

    /// <summary>Its next item is at hand: due, or loaded.</summary>
    public bool HasNext => HasDue || _at < _chunk.Length;

    public bool IsDone => !HasUntaken && InFlight == 0 && Held == 0;

    public void Load(byte[] records)
    {
        NextUnits = 0;
        _chunk = records;
        _at = 0;
    }

    /// <summary>The next item, which must be at hand; valid until the batch's lock is given up.</summary>
    public Item Peek() => HasDue ? Due!.Peek().Item : KeyedRecord.Parse(_chunk.AsMemory(_at, NextSize()));

    /// <summary>Gives the worker the next item, which must be at hand.</summary>
    public void GiveNext(Worker worker)
    {
        NextUnits = 0;
        if (HasDue)
        {
            worker.Hold(Due!.Dequeue());
            return;
        }

        var size = NextSize();
        worker.Hold(KeyedRecord.Parse(_chunk.AsMemory(_at, size)), this, Offset);
        _at += size;
        Offset += size;
    }

    private int NextSize() => (int)KeyedRecord.SizeAt(_chunk.AsSpan(_at));
}
