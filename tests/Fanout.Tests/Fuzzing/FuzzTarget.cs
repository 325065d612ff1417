using System.Text;

namespace Fanout.Tests.Fuzzing;

/// <summary>One parser, and what may come of any input: it returns, or throws what it documents.</summary>
/// <param name="Name">The name, and that of its corpus.</param>
/// <param name="Read">Parses, and throws when what it read does not survive being written; anything but <paramref name="Documented"/> is a defect.</param>
/// <param name="Documented">The exceptions it documents for illegal input.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Read, params Type[] Documented)
{
    /// <summary>What stands in its inputs, for the mutator.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>One that reads text.</summary>
    public static FuzzTarget OfText(string name, Action<string> read, params Type[] documented) =>
        new(name, bytes => read(Encoding.UTF8.GetString(bytes)), documented);

    /// <summary>Its checked-in inputs: legal, tricky, and such as failed once.</summary>
    public IReadOnlyList<byte[]> Corpus()
    {
        var assembly = typeof(FuzzTarget).Assembly;
        var inputs = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith($"corpus/{Name}/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return bytes;
            })
            .ToList();
        return inputs.Count > 0 ? inputs : throw new InvalidOperationException($"There is no corpus for '{Name}'.");
    }

    public override string ToString() => Name;
}
