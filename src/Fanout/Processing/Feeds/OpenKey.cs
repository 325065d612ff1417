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

    /// <summary>Nothing of it starts before this, whatever its rate says.</summary>
    public Int128 NotBefore { get; set; }

    public bool IsInRing { get; set; }

    public bool IsTimed { get; set; }

    public int Held => Waiting + (Due?.Count ?? 0);

    public bool HasDue => Due is { Count: > 0 };

    public bool HasUntaken => Offset < End;

    public bool NeedsLoad => HasUntaken && _at == _chunk.Length;

    public bool IsDone => !HasUntaken && InFlight == 0 && Held == 0;

    public void Load(byte[] records)
    {
        _chunk = records;
        _at = 0;
    }

    /// <summary>The next item, which must be loaded; valid until the batch's lock is given up. With it, where its record begins.</summary>
    public (Item Item, long Offset) TakeNext()
    {
        var offset = Offset;
        var size = (int)KeyedRecord.SizeAt(_chunk.AsSpan(_at));
        var item = KeyedRecord.Parse(_chunk.AsMemory(_at, size));
        _at += size;
        Offset += size;
        return (item, offset);
    }
}
