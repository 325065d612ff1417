using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fanout.Processing;

/// <summary>Writes a list as one text, a few characters an element (<see cref="PackedNumbers"/>): such lists go through histories and checkpoints by the thousand.</summary>
public abstract class PackedListJsonConverter<T> : JsonConverter<IReadOnlyList<T>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var numbers = PackedNumbers.Read(ref reader);
        if (numbers.IsAtEnd)
            return [];
        var list = new T[numbers.NextLength()];
        Unpack(numbers, list);
        return list;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        var numbers = new PackedNumbers();
        if (value.Count > 0)
        {
            numbers.Add(value.Count);
            Pack(value, numbers);
        }

        numbers.WriteTo(writer);
    }

    /// <summary>Adds the numbers of a list that is not empty.</summary>
    private protected abstract void Pack(IReadOnlyList<T> list, PackedNumbers numbers);

    /// <summary>Makes its elements of them.</summary>
    private protected abstract void Unpack(PackedNumbers numbers, T[] list);
}
