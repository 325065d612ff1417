using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Fanout.Sources;

namespace Fanout.Processing;

/// <summary>What items of a run count for, in units. Runs whose items all count for one have none of these.</summary>
internal sealed class ItemCosts
{
    /// <summary>The most an item can count for: 100,000 units, as many as the largest concurrency.</summary>
    public const int MaxUnits = 100_000;

    private const int MostShown = 40;
    private readonly int _units;
    private readonly ItemPointer? _pointer;

    private ItemCosts(int units, ItemPointer? pointer)
    {
        _units = units;
        _pointer = pointer;
    }

    /// <summary>Null: every item counts for one unit.</summary>
    public static ItemCosts? Of(CostSpec? spec) =>
        spec is null or { Units: 1, Pointer: null } ? null : new ItemCosts(spec.Units, spec.Pointer is { } pointer ? new ItemPointer(pointer) : null);

    /// <summary>The item's units: those at the pointer, rounded up; without a pointer, or with nothing there, the spec's.</summary>
    /// <param name="item">The item.</param>
    /// <param name="refusal">Why what is there is no cost: the item fails with it and counts for one unit. Null: it is one.</param>
    public int Read(in Item item, out ItemError? refusal)
    {
        refusal = null;
        if (_pointer is null || !_pointer.TryFind(item, out var json))
            return _units;
        // A number too large for a double is read as infinity.
        if (IsNumber(json) && Utf8Parser.TryParse(json, out double number, out var read) && read == json.Length && number is > 0 and <= MaxUnits)
            return (int)Math.Ceiling(number);
        refusal = ItemError.Create("InvalidCost", string.Create(
            CultureInfo.InvariantCulture,
            $"The item's cost at \"{_pointer.Text}\" is {Show(json)}; a cost is a number over 0, at most {MaxUnits:N0}. Correct the item, or point \"flow.cost\" elsewhere."));
        return 1;
    }

    private static bool IsNumber(ReadOnlySpan<byte> json) => json[0] == '-' || char.IsAsciiDigit((char)json[0]);

    private static string Show(ReadOnlySpan<byte> json)
    {
        if (json.Length <= MostShown)
            return Encoding.UTF8.GetString(json);
        var cut = json[..MostShown];
        // Not through a character.
        while (Rune.DecodeLastFromUtf8(cut, out _, out var bytes) == OperationStatus.NeedMoreData)
            cut = cut[..^bytes];
        return Encoding.UTF8.GetString(cut) + "…";
    }
}
