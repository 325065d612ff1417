using Microsoft.Extensions.Configuration;

namespace Fanout.Cli.Telemetry;

/// <summary>Environment variables as OpenTelemetry reads its settings.</summary>
/// <param name="variable">The variables.</param>
internal sealed class VariableSettings(Func<string, string?> variable) : ConfigurationProvider
{
    /// <inheritdoc/>
    public override bool TryGet(string key, out string? value) => !string.IsNullOrEmpty(value = variable(key));
}
