using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Prunella.Traces.Model;

namespace Prunella.Traces.Detectors;

/// <summary>What kind of call a span is.</summary>
internal enum CallKind : byte
{
    /// <summary>No call: work inside its service, or the called side.</summary>
    None,

    /// <summary>A database call.</summary>
    Database,

    /// <summary>A call to a cache: Redis, Memcached.</summary>
    Cache,

    /// <summary>An HTTP call.</summary>
    Http,

    /// <summary>A call by another protocol.</summary>
    Rpc,

    /// <summary>A message sent.</summary>
    Message,

    /// <summary>A tool that an agent called.</summary>
    Tool,
}

/// <summary>What the detectors need to know of one span, taken from its attributes once.</summary>
internal struct SpanFacts
{
    /// <summary>Names pool: normalised statement, URL or method, or the operation's name.</summary>
    public int Pattern;

    /// <summary>Values pool: the text two identical calls share; 0 when it does not identify the call.</summary>
    public int Identity;

    /// <summary>Names pool: who is called, as the caller names it; 0 when it does not say.</summary>
    public int Peer;

    /// <summary>Bytes of the largest body said.</summary>
    public long PayloadBytes;

    /// <summary>How often the call had been sent before.</summary>
    public int Resends;

    public CallKind Call;
    public StatementNormalizer.Traits Traits;

    /// <summary>A read that may be repeated or reordered: SELECT, GET.</summary>
    public bool ReadOnly;

    /// <summary>The operation waits for a connection of a pool.</summary>
    public bool PoolWait;
}

/// <summary>Takes facts from attributes; remembers normalised texts as long as the pools hold them.</summary>
internal sealed class FactReader
{
    private readonly byte[] _scratch = new byte[StatementNormalizer.LengthMax + 256];
    private TextPool? _values;
    private TextPool? _names;
    private int _generation = -1;
    private int[] _normal = [];
    private byte[] _traits = [];
    private byte[] _poolOperation = [];
    private int _memcached, _redis, _executeTool;

    public SpanFacts[] Facts { get; private set; } = [];

    public void Read(TraceTree tree)
    {
        var trace = tree.Trace;
        if (Facts.Length < tree.Count)
            Facts = new SpanFacts[Math.Max(tree.Count, Facts.Length * 2)];
        Follow(trace.Table);
        foreach (var span in tree.Order)
            ReadSpan(trace, span, ref Facts[span]);
    }

    private void Follow(SpanTable table)
    {
        if (_names != table.Names)
        {
            _names = table.Names;
            _poolOperation = [];
        }

        if (_values != table.Values || _generation != table.Values.Generation)
        {
            (_values, _generation) = (table.Values, table.Values.Generation);
            Array.Clear(_normal);
            _redis = _values.Find("redis"u8);
            _memcached = _values.Find("memcached"u8);
            _executeTool = _values.Find("execute_tool"u8);
        }

        if (_normal.Length < _values.Count)
        {
            Array.Resize(ref _normal, Math.Max(_values.Count, _normal.Length * 2));
            Array.Resize(ref _traits, _normal.Length);
        }
    }

    private struct Raw
    {
        public int Statement, System, DbOperation, Database, Url, Route, Method, Peer, Address, RpcSystem, RpcService, RpcMethod;
        public int Messaging, Destination, Payload, Resends, Pool, Tool, Arguments, AgentOperation;
    }

    private void ReadSpan(Trace trace, int span, ref SpanFacts facts)
    {
        facts = default;
        Unsafe.SkipInit(out Raw raw);
        raw = default;
        var best = default(KeyRank);
        var parameters = 0;
        foreach (var attribute in trace.Attributes(span))
        {
            var role = Keys.Role(attribute.Key);
            if (role != KeyRole.None)
                Take(ref raw, ref best, role, attribute);
            else if (trace.Table.Names.Utf8(attribute.Key).StartsWith("db.query.parameter"u8) || trace.Table.Names.Utf8(attribute.Key).SequenceEqual("db.statement.parameters"u8))
                parameters = attribute.Value;
        }

        ref var row = ref trace.Row(span);
        facts.PoolWait = raw.Pool != 0 ? IsPoolOperation(row.Operation) != 0 : IsPoolOperation(row.Operation) == 2;
        if (raw.Payload != 0 && Utf8Parser.TryParse(_values!.Utf8(raw.Payload), out long bytes, out _))
            facts.PayloadBytes = bytes;
        if (raw.Resends != 0 && Utf8Parser.TryParse(_values!.Utf8(raw.Resends), out int resends, out _))
            facts.Resends = resends;
        if (raw.Tool != 0 || (raw.AgentOperation != 0 && raw.AgentOperation == _executeTool))
            Tool(ref facts, raw, row);
        else if ((raw.System != 0 || raw.Statement != 0) && row.Kind is not (SpanKind.Server or SpanKind.Consumer))
            Database(ref facts, raw, row, parameters);
        else if (row.Kind == SpanKind.Client)
            Remote(ref facts, raw, row);
        else if (row.Kind == SpanKind.Producer)
        {
            facts.Call = CallKind.Message;
            facts.Pattern = row.Operation;
            facts.Peer = Name(raw.Destination != 0 ? raw.Destination : raw.Peer != 0 ? raw.Peer : raw.Messaging);
        }
        else if (row.Kind == SpanKind.Consumer)
            facts.Peer = Name(raw.Destination != 0 ? raw.Destination : raw.Messaging);
    }

    private void Tool(ref SpanFacts facts, in Raw raw, in SpanRow row)
    {
        facts.Call = CallKind.Tool;
        facts.Pattern = raw.Tool != 0 ? Name(raw.Tool) : row.Operation;
        facts.Identity = raw.Arguments;
    }

    private void Database(ref SpanFacts facts, in Raw raw, in SpanRow row, int parameters)
    {
        var cache = raw.System != 0 && (raw.System == _redis || raw.System == _memcached);
        facts.Call = cache ? CallKind.Cache : CallKind.Database;
        // A database is who it is named: its schema if said, else its product, else its address.
        facts.Peer = Name(raw.Peer != 0 ? raw.Peer : raw.Database != 0 ? raw.Database : raw.System != 0 ? raw.System : raw.Address);
        if (raw.Statement == 0)
        {
            facts.Pattern = row.Operation;
            facts.Traits = StatementNormalizer.Traits.Parameters;
            return;
        }

        if (cache)
        {
            facts.Pattern = NormalUrl(raw.Statement);
            facts.ReadOnly = StatementNormalizer.IsRead(_values!.Utf8(raw.Statement));
            return;
        }

        facts.Pattern = NormalStatement(raw.Statement, raw.System);
        facts.Traits = (StatementNormalizer.Traits)_traits[raw.Statement];
        facts.ReadOnly = (facts.Traits & StatementNormalizer.Traits.Write) == 0;
        // Two equal texts are the same call only when every value is in the text, or the values are reported too.
        if ((facts.Traits & StatementNormalizer.Traits.Parameters) == 0)
            facts.Identity = raw.Statement;
        else if (parameters != 0)
            facts.Identity = _values!.Intern(_values.Text(raw.Statement) + '\0' + _values.Text(parameters));
    }

    private void Remote(ref SpanFacts facts, in Raw raw, in SpanRow row)
    {
        facts.Peer = Name(raw.Peer != 0 ? raw.Peer : raw.RpcService != 0 ? raw.RpcService : raw.Address);
        if (raw.Url != 0 || raw.Method != 0)
        {
            facts.Call = CallKind.Http;
            facts.Pattern = raw.Url != 0 ? NormalUrl(raw.Url) : raw.Route != 0 ? Name(raw.Route) : row.Operation;
            facts.Identity = raw.Url;
            facts.ReadOnly = raw.Method == 0 || IsRead(_values!.Utf8(raw.Method));
            return;
        }

        facts.Call = CallKind.Rpc;
        facts.Pattern = row.Operation;
        facts.ReadOnly = true;
    }

    private static bool IsRead(ReadOnlySpan<byte> method) => method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8) || method.SequenceEqual("get"u8);

    private int Name(int value) => value == 0 ? 0 : Normal(value, Form.Copy, 0);

    private int NormalUrl(int value) => Normal(value, Form.Url, 0);

    private int NormalStatement(int value, int system) => Normal(value, Form.Statement, system);

    private enum Form : byte
    {
        Copy,
        Url,
        Statement,
    }

    private int Normal(int value, Form form, int system)
    {
        // Interning while reading facts may grow the pool past the cache.
        if (value >= _normal.Length)
        {
            Array.Resize(ref _normal, Math.Max(_values!.Count, _normal.Length * 2));
            Array.Resize(ref _traits, _normal.Length);
        }

        if (_normal[value] != 0)
            return _normal[value];
        var text = _values!.Utf8(value);
        ReadOnlySpan<byte> normal = text;
        if (form == Form.Url)
            normal = _scratch.AsSpan(0, UrlNormalizer.Normalize(text, _scratch));
        else if (form == Form.Statement)
        {
            var mysql = system != 0 && (_values.Utf8(system).SequenceEqual("mysql"u8) || _values.Utf8(system).SequenceEqual("mariadb"u8));
            normal = _scratch.AsSpan(0, StatementNormalizer.Normalize(text, _scratch, mysql, out var traits));
            _traits[value] = (byte)traits;
        }

        return _normal[value] = _names!.Intern(normal);
    }

    // 1: may be one if a pool is named; 2: surely one. "getConnection", "pool.acquire", "wait for connection".
    private int IsPoolOperation(int operation)
    {
        if (operation >= _poolOperation.Length)
            Array.Resize(ref _poolOperation, Math.Max(_names!.Count, Math.Max(64, _poolOperation.Length * 2)));
        if (_poolOperation[operation] != 0)
            return _poolOperation[operation] - 1;
        var name = _names!.Text(operation).ToLowerInvariant();
        var acquires = name.Contains("acquire", StringComparison.Ordinal) || name.Contains("checkout", StringComparison.Ordinal) ||
            name.Contains("wait", StringComparison.Ordinal) || name.Contains("borrow", StringComparison.Ordinal) ||
            name.Contains("getconnection", StringComparison.Ordinal) || name.Contains("get_connection", StringComparison.Ordinal) ||
            name.Contains("get connection", StringComparison.Ordinal) || name.Contains("open connection", StringComparison.Ordinal);
        var connection = name.Contains("pool", StringComparison.Ordinal) || name.Contains("conn", StringComparison.Ordinal);
        var answer = acquires && connection ? 2 : acquires ? 1 : 0;
        _poolOperation[operation] = (byte)(answer + 1);
        return answer;
    }

    private struct KeyRank
    {
        public int Statement, System, DbOperation, Database, Url, Route, Method, Peer, Address, RpcSystem, RpcService, RpcMethod;
        public int Messaging, Destination, Payload, Resends, Pool, Tool, Arguments, AgentOperation;
    }

    private static void Take(ref Raw raw, ref KeyRank rank, KeyRole role, SpanAttribute attribute)
    {
        switch (role)
        {
            case KeyRole.Statement: Best(ref raw.Statement, ref rank.Statement, attribute); break;
            case KeyRole.DbSystem: Best(ref raw.System, ref rank.System, attribute); break;
            case KeyRole.DbOperation: Best(ref raw.DbOperation, ref rank.DbOperation, attribute); break;
            case KeyRole.DbName: Best(ref raw.Database, ref rank.Database, attribute); break;
            case KeyRole.Url: Best(ref raw.Url, ref rank.Url, attribute); break;
            case KeyRole.Route: Best(ref raw.Route, ref rank.Route, attribute); break;
            case KeyRole.Method: Best(ref raw.Method, ref rank.Method, attribute); break;
            case KeyRole.Peer: Best(ref raw.Peer, ref rank.Peer, attribute); break;
            case KeyRole.PeerAddress: Best(ref raw.Address, ref rank.Address, attribute); break;
            case KeyRole.RpcSystem: Best(ref raw.RpcSystem, ref rank.RpcSystem, attribute); break;
            case KeyRole.RpcService: Best(ref raw.RpcService, ref rank.RpcService, attribute); break;
            case KeyRole.RpcMethod: Best(ref raw.RpcMethod, ref rank.RpcMethod, attribute); break;
            case KeyRole.MessagingSystem: Best(ref raw.Messaging, ref rank.Messaging, attribute); break;
            case KeyRole.MessagingDestination: Best(ref raw.Destination, ref rank.Destination, attribute); break;
            case KeyRole.PayloadBytes: Best(ref raw.Payload, ref rank.Payload, attribute); break;
            case KeyRole.ResendCount: Best(ref raw.Resends, ref rank.Resends, attribute); break;
            case KeyRole.PoolName: Best(ref raw.Pool, ref rank.Pool, attribute); break;
            case KeyRole.ToolName: Best(ref raw.Tool, ref rank.Tool, attribute); break;
            case KeyRole.ToolArguments: Best(ref raw.Arguments, ref rank.Arguments, attribute); break;
            case KeyRole.AgentOperation: Best(ref raw.AgentOperation, ref rank.AgentOperation, attribute); break;
        }
    }

    // Of several names for one fact the one listed first in Keys wins: its id is the lower.
    private static void Best(ref int value, ref int rank, SpanAttribute attribute)
    {
        if (rank != 0 && rank <= attribute.Key)
            return;
        rank = attribute.Key;
        value = attribute.Value;
    }
}
