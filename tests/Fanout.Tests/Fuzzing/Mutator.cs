using System.Text;

namespace Fanout.Tests.Fuzzing;

/// <summary>Makes inputs of a corpus by small changes, as coverage-guided fuzzers do (AFL's havoc stage); the same seed makes the same input.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<string> words)
{
    private const int MaxChanges = 8;
    private const int MaxLength = 16 << 10;

    private static readonly string[] Numbers = ["0", "-1", "1e400", "9223372036854775808", "2147483648", "0.1", "-0", "1e-7", "99999999999999999999999"];

    private readonly byte[][] _words = [.. words.Concat(Numbers).Select(Encoding.UTF8.GetBytes)];

    public byte[] Make(int seed)
    {
        var random = new Random(seed);
        var bytes = corpus[random.Next(corpus.Count)].ToList();
        for (var changes = random.Next(MaxChanges); changes > 0; changes--)
            Change(bytes, random);
        if (bytes.Count > MaxLength)
            bytes.RemoveRange(MaxLength, bytes.Count - MaxLength);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 17), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0 when bytes.Count > 0:
                bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when bytes.Count > 0:
                bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 4:
                bytes.InsertRange(at, _words[random.Next(_words.Length)]);
                break;
            case 5:
                bytes.RemoveRange(at, length);
                bytes.InsertRange(at, _words[random.Next(_words.Length)]);
                break;
            case 6:
                bytes.InsertRange(at, Enumerable.Repeat(bytes.Count > 0 ? bytes[random.Next(bytes.Count)] : (byte)'[', 1 << random.Next(12)));
                break;
            case 7:
                var other = corpus[random.Next(corpus.Count)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[random.Next(other.Length + 1)..]);
                break;
        }
    }
}
