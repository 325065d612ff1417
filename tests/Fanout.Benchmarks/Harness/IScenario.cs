namespace Fanout.Benchmarks.Harness;

/// <summary>One row of the table: something Fanout does, and what it is held against.</summary>
internal interface IScenario
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What is measured, so that the figure can be read without the code.</summary>
    string Description { get; }

    /// <summary>What the figure is to come to.</summary>
    Goal Goal { get; }

    /// <summary>Rounds that count, unless the command line says otherwise.</summary>
    int Rounds { get; }

    /// <summary>Rounds before them, which do not count.</summary>
    int WarmUps => 1;

    /// <summary>What the figure does not say, asked for when it was measured; null: nothing.</summary>
    string? Note => null;

    /// <summary>Why it cannot be measured on this machine; null: it can.</summary>
    string? Unavailable => null;

    /// <summary>Measures Fanout once.</summary>
    Task<double> MeasureOursAsync(Scratch scratch);

    /// <summary>Measures what it is held against once; null: the goal is an absolute one.</summary>
    Task<double?> MeasureBaselineAsync(Scratch scratch);
}
