using System.Text.Json.Serialization;

namespace Fanout.Flow;

/// <summary>
/// How far something is slowed down: additive increase, multiplicative decrease (D.-M. Chiu, R. Jain, "Analysis of the Increase and Decrease
/// Algorithms for Congestion Avoidance in Computer Networks", 1989; TCP Reno) of a factor of what is configured, and until when nothing starts
/// at all. Pure; <c>default</c> is not slowed down. Times are of one monotonic clock, from 0.
/// </summary>
/// <remarks>
/// A throttle halves the factor, a volley of them once. From then, or from the end of the block, it recovers: a success brings in the time
/// since the last one, at most <see cref="MostPerSuccess"/> of it, at <see cref="RecoveryPerSecond"/>; other time counts for
/// <see cref="IdleRecoveryPerSecond"/>, so that what nobody uses is forgotten in the end.
/// </remarks>
/// <param name="Lost">What the factor lacks to 1, so that the default is 1 and recovery ends at exactly 1.</param>
/// <param name="RecoversFrom">When it was last brought up to date, or the block ends.</param>
/// <param name="HalvesFrom">A throttle before this belongs to the last one that counted.</param>
public readonly record struct AimdState(double Lost, TimeSpan RecoversFrom, TimeSpan HalvesFrom)
{
    /// <summary>Of what is configured, this much is left at least: 0.01.</summary>
    public const double Floor = 0.01;

    /// <summary>Of the whole, while there are successes: 0.1 a second.</summary>
    public const double RecoveryPerSecond = 0.1;

    /// <summary>Of the whole, without: 0.01 a second.</summary>
    public const double IdleRecoveryPerSecond = 0.01;

    /// <summary>Throttles this soon after one that counted belong to it: 1 s.</summary>
    public static TimeSpan DecreaseInterval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The time one success can bring in: 1 s.</summary>
    public static TimeSpan MostPerSuccess { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest a throttle blocks, whatever it asked for: 1 h.</summary>
    public static TimeSpan LongestBlock { get; } = TimeSpan.FromHours(1);

    /// <summary>False: never throttled, or all over.</summary>
    [JsonIgnore]
    public bool IsActive => Lost > 0;

    /// <summary>Of what is configured, this much may be used, <see cref="Floor"/> to 1.</summary>
    public double FactorAt(TimeSpan now) => 1 - LostAt(now, workedFor: TimeSpan.Zero);

    /// <summary>Until nothing is blocked any more; zero: nothing is.</summary>
    public TimeSpan BlockedFor(TimeSpan now) => IsActive && RecoversFrom > now ? RecoversFrom - now : TimeSpan.Zero;

    /// <summary>The downstream asked to slow down.</summary>
    /// <param name="now">When it did.</param>
    /// <param name="retryAfter">Nothing starts before this has passed; null: it did not say.</param>
    public AimdState Throttled(TimeSpan now, TimeSpan? retryAfter)
    {
        var lost = LostAt(now, workedFor: TimeSpan.Zero);
        var block = retryAfter is { } asked ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, LongestBlock.Ticks)) : TimeSpan.Zero;
        var recoversFrom = Later(now + block, IsActive ? RecoversFrom : now);
        // What is answered while nothing starts was sent before: it tells nothing about the slower pace.
        if (IsActive && (now < HalvesFrom || BlockedFor(now) > TimeSpan.Zero))
            return new AimdState(lost, recoversFrom, HalvesFrom);
        return new AimdState(1 - Math.Max(Floor, (1 - lost) / 2), recoversFrom, now + DecreaseInterval);
    }

    /// <summary>The downstream did what was asked of it, without asking to slow down.</summary>
    public AimdState Succeeded(TimeSpan now)
    {
        if (!IsActive || now <= RecoversFrom)
            return this;
        var elapsed = now - RecoversFrom;
        return After(LostAt(now, elapsed < MostPerSuccess ? elapsed : MostPerSuccess), now);
    }

    /// <summary>Drops what is over: not active any more when the factor is 1.</summary>
    public AimdState Advance(TimeSpan now) => IsActive && LostAt(now, workedFor: TimeSpan.Zero) <= 0 ? default : this;

    private AimdState After(double lost, TimeSpan now) => lost <= 0 ? default : new AimdState(lost, now, HalvesFrom);

    private double LostAt(TimeSpan now, TimeSpan workedFor)
    {
        if (!IsActive || now <= RecoversFrom)
            return Lost;
        var idle = now - RecoversFrom - workedFor;
        return Math.Max(0, Lost - (workedFor.TotalSeconds * RecoveryPerSecond) - (idle.TotalSeconds * IdleRecoveryPerSecond));
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
