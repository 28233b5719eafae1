using System.Text;

namespace Prunella.Logs.Parsing;

/// <summary>Which field of a structured line a key names.</summary>
internal enum FieldRole : byte
{
    Other,
    Message,
    Time,
    Level,
    Service,
}

/// <summary>Key names in use by loggers: Serilog, zap, logrus, zerolog, bunyan, pino, ECS, OpenTelemetry, python-json-logger, Docker.</summary>
internal static class FieldNames
{
    private static readonly Dictionary<ulong, FieldRole> Roles = Build();

    internal static FieldRole Role(ReadOnlySpan<byte> key) =>
        key.Length is > 0 and <= 24 ? Roles.GetValueOrDefault(Templates.Mix.Bytes(key)) : FieldRole.Other;

    private static Dictionary<ulong, FieldRole> Build()
    {
        var roles = new Dictionary<ulong, FieldRole>();
        Add(FieldRole.Message, "msg message log @m @mt body text event MESSAGE Message RenderedMessage MessageTemplate short_message");
        Add(FieldRole.Time, "time ts timestamp @timestamp @t t datetime date Timestamp asctime eventTime");
        Add(FieldRole.Level, "level lvl severity @l levelname log.level loglevel Level LogLevel severityText SeverityText PRIORITY");
        Add(FieldRole.Service, "service logger app component service.name log.logger SourceContext module unit SYSLOG_IDENTIFIER application");
        return roles;

        void Add(FieldRole role, string names)
        {
            foreach (var name in names.Split(' '))
            {
                roles[Templates.Mix.Bytes(Encoding.ASCII.GetBytes(name))] = role;
            }
        }
    }
}
