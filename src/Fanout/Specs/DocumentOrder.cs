using System.Globalization;
using System.Text.Json;

namespace Fanout.Specs;

/// <summary>Puts errors in the order their fields have in the document; what is missing comes at the end of the object it is missing from.</summary>
internal static class DocumentOrder
{
    internal static IReadOnlyList<SpecError> Sort(IEnumerable<SpecError> errors, JsonElement root) =>
        [.. errors.Select(error => (error, place: Place(error.Pointer, root))).OrderBy(e => e.place, Comparer<int[]>.Create(Compare)).Select(e => e.error)];

    private static int[] Place(string pointer, JsonElement root)
    {
        var place = new List<int>();
        var element = root;
        foreach (var segment in JsonPointer.Split(pointer))
        {
            var (position, child) = Find(element, segment);
            place.Add(position);
            if (child is null)
                break;
            element = child.Value;
        }

        return [.. place];
    }

    private static (int Position, JsonElement? Child) Find(JsonElement parent, string segment)
    {
        if (parent.ValueKind == JsonValueKind.Array
            && int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < parent.GetArrayLength())
            return (index, parent[index]);

        if (parent.ValueKind == JsonValueKind.Object)
        {
            var position = 0;
            foreach (var property in parent.EnumerateObject())
            {
                if (property.NameEquals(segment))
                    return (position, property.Value);
                position++;
            }
        }

        return (int.MaxValue, null);
    }

    private static int Compare(int[] left, int[] right)
    {
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] != right[i])
                return left[i].CompareTo(right[i]);
        }

        return left.Length.CompareTo(right.Length);
    }
}
