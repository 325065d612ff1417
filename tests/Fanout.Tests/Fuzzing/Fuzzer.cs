using System.Diagnostics;
using System.Text;

namespace Fanout.Tests.Fuzzing;

/// <summary>Feeds a target with its corpus and what comes of it by small changes, on a thread of its own, so that one that hangs is told from the others.</summary>
internal sealed class Fuzzer(FuzzTarget target)
{
    private const long MaxAllocated = 256L << 20;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20);

    private byte[] _input = [];
    private string _from = "";
    private string? _defect;
    private long _since;
    private volatile bool _isOver;

    /// <summary>Inputs that were read.</summary>
    public int Inputs { get; private set; }

    /// <summary>Reads the whole corpus, and then changed inputs for so long.</summary>
    /// <param name="budget">How long.</param>
    /// <param name="seed">The seed of the first changed input; the next ones have the next.</param>
    /// <returns>The first defect, and how to have it again; null: none was found.</returns>
    public string? Run(TimeSpan budget, int seed)
    {
        var thread = new Thread(() => Feed(budget, seed)) { IsBackground = true, Name = $"fuzz {target.Name}" };
        Volatile.Write(ref _since, Stopwatch.GetTimestamp());
        thread.Start();
        while (!thread.Join(TimeSpan.FromMilliseconds(100)))
        {
            if (!_isOver && Stopwatch.GetElapsedTime(Volatile.Read(ref _since)) > MaxTime)
                return Describe($"does not end within {MaxTime.TotalSeconds} s");
        }

        return _defect;
    }

    private void Feed(TimeSpan budget, int seed)
    {
        try
        {
            var corpus = target.Corpus();
            for (var i = 0; i < corpus.Count && _defect is null; i++)
                Try(corpus[i], $"input {i} of the corpus");
            var mutator = new Mutator(corpus, target.Words);
            for (var until = Stopwatch.StartNew(); until.Elapsed < budget && _defect is null; seed++)
                Try(mutator.Make(seed), $"FANOUT_FUZZ_SEED={seed} FANOUT_FUZZ_TARGET={target.Name}");
        }
        finally
        {
            _isOver = true;
        }
    }

    private void Try(byte[] input, string from)
    {
        (_input, _from) = (input, from);
        Volatile.Write(ref _since, Stopwatch.GetTimestamp());
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Read(input);
        }
        catch (Exception e) when (target.Documented.Any(documented => documented.IsInstanceOfType(e)))
        {
            // Refused.
        }
#pragma warning disable CA1031 // Any other is what is looked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _defect = Describe($"threw {e}");
        }

        if (GC.GetAllocatedBytesForCurrentThread() - before > MaxAllocated)
            _defect = Describe("took more than 256 MiB");
        Inputs++;
    }

    private string Describe(string what) =>
        $"{target.Name} {what}\nof {_from}, {_input.Length} bytes:\n{Encoding.UTF8.GetString(_input)}\nbase64 {Convert.ToBase64String(_input)}";
}
