using System.Text;

namespace Fanout.Simulation;

/// <summary>What goes wrong, decided by the seed; and the trace of all that happened.</summary>
internal sealed class Chaos(Random random)
{
    private readonly StringBuilder _trace = new();
    private readonly double _deaths = random.Next(3) switch { 0 => 0, 1 => 0.01, _ => 0.05 };
    private readonly double _stalls = random.Next(2) switch { 0 => 0.02, _ => 0 };
    private readonly double _fullDisks = random.Next(4) switch { 0 => 0.01, _ => 0 };
    private readonly bool _isSlow = random.Next(2) == 0;
    private int _remaining = 25;

    public string Log => _trace.ToString();

    public void Trace(string line) => _trace.AppendLine(line);

    public bool Dies() => Happens(_deaths);

    public bool Stalls() => Happens(_stalls);

    public bool FindsDiskFull() => Happens(_fullDisks);

    public TimeSpan StallLength() => TimeSpan.FromSeconds(random.Next(1, 15));

    /// <summary>How long an answer takes to come back.</summary>
    public TimeSpan Latency() => _isSlow && random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(1_000)) : TimeSpan.Zero;

    /// <summary>Bounded, so that every simulation comes to an end.</summary>
    private bool Happens(double probability)
    {
        if (probability == 0 || _remaining == 0 || random.NextDouble() >= probability)
            return false;
        _remaining--;
        return true;
    }
}
